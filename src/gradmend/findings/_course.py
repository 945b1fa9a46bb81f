"""Parts of a training: the mean of their windows, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pvariance

from gradmend.findings._outcome import DISAPPOINTS, best_ratio_to_trivial, course_diverged
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
LEFT = 0.9  # of the trivial loss: below it a training has left the constant behind
# Of the trivial loss, in the middle third: who stood at the constant for so long was held there.
LEFT_IN_TIME = 0.99
PATIENCE = 6.0  # thirds: two further trainings of this length
ENOUGH_STEPS = 100  # of a training whose pace can be read in thirds


def still_learning(course: Course | None, pace: float = PACE) -> bool:
    """Whether the last third falls beyond noise, hardly slower than the training before it.

    `pace` is the least share of the fall before that the fall of the last third must have.
    """
    if course is None:
        return False
    parts = [part(course, begin / 3, (begin + 1) / 3) for begin in range(3)]
    first, middle, last = parts
    if first is None or middle is None or last is None:
        return False
    fall, before = middle.mean - last.mean, first.mean - middle.mean
    beyond_noise = fall > max(FALLS * abs(middle.mean), SURE * middle.error(last))
    return beyond_noise and fall >= pace * before


def stands_still(course: Course | None) -> bool:
    """Whether a training of some length ended where it began, a little noise aside."""
    if course is None or course.total_steps < ENOUGH_STEPS or course_diverged(course):
        return False
    first, last = part(course, 0.0, 1 / 3), part(course, 2 / 3, 1.0)
    if first is None or last is None:
        return False
    return abs(first.mean - last.mean) <= FALLS * abs(first.mean)


def on_its_way(course: Course | None) -> bool:
    """Whether a training has left the constant behind, and falls no slower than it did before.

    It must have left by its middle: a longer plateau is what a disease looks like.
    At the pace of its last third two further trainings of this length must bring it where healthy
    ones end. A fall that slows down has had its time.

    Example:
        >>> from gradmend.records import Course
        >>> losses = (2.30, 2.30, 2.29, 2.28, 2.25, 2.20, 2.12, 2.05, 1.97)
        >>> steps = tuple(60 * (place + 1) for place in range(9))
        >>> course = Course(steps=steps, losses=losses, total_steps=540, trivial=2.3)
        >>> on_its_way(course)
        True
    """
    if course is None or course.total_steps < ENOUGH_STEPS or course_diverged(course):
        return False
    middle, last = part(course, 1 / 3, 2 / 3), part(course, 2 / 3, 1.0)
    ratio = best_ratio_to_trivial(course)
    if middle is None or last is None or ratio is None or ratio >= LEFT or not course.trivial:
        return False
    if middle.mean > LEFT_IN_TIME * course.trivial:
        return False
    left = last.mean - DISAPPOINTS * course.trivial
    return still_learning(course, 1.0) and left <= PATIENCE * (middle.mean - last.mean)
