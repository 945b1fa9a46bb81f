"""Parts of a training: the mean of their windows, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pvariance

from gradmend.records.course import Course


@dataclass(frozen=True, slots=True)
class Part:
    """The windows of one part of a training."""

    mean: float
    variance: float
    count: int

    def error(self, other: Part) -> float:
        """The standard error of the difference of two means."""
        return sqrt(self.variance / self.count + other.variance / other.count)


def part(course: Course, begin: float, end: float) -> Part | None:
    """The windows that close in this part of the training, None where there is none."""
    total = course.total_steps
    inside = [
        loss
        for step, loss in zip(course.steps, course.losses, strict=True)
        if begin * total < step <= end * total
    ]
    if not inside:
        return None
    return Part(mean=fmean(inside), variance=pvariance(inside), count=len(inside))


FALLS = 0.02  # of the middle third: what moves less stands still
SURE = 3.0  # standard errors of the windows
PACE = 0.5  # of the fall before it: slower is coming to rest


def still_learning(course: Course | None) -> bool:
    """Whether the last third falls beyond noise, hardly slower than the training before it."""
    if course is None:
        return False
    parts = [part(course, begin / 3, (begin + 1) / 3) for begin in range(3)]
    first, middle, last = parts
    if first is None or middle is None or last is None:
        return False
    fall, before = middle.mean - last.mean, first.mean - middle.mean
    beyond_noise = fall > max(FALLS * abs(middle.mean), SURE * middle.error(last))
    return beyond_noise and fall >= PACE * before
