"""Windows over a series of samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median

from gradmend.records.training import LayerSample, StepSample, TrainingRun

FEWEST_SAMPLES = 20
FEWEST_LOOKS = 4


def norms(run: TrainingRun) -> list[tuple[StepSample, float]]:
    """Return the samples with a finite gradient norm, each with it."""
    return [(s, s.grad_norm) for s in run.samples if isfinite(s.grad_norm)]


def losses(run: TrainingRun) -> list[tuple[int, float]]:
    """Return (step, loss) of the samples with a finite loss."""
    pairs = [(s.step, s.loss) for s in run.samples if s.loss is not None]
    return [(step, loss) for step, loss in pairs if isfinite(loss)]


def ends(values: Sequence[float], share: float = 0.2) -> tuple[float, float] | None:
    """Return the medians of the first and last share of a series, None for a short one.

    Example:
        >>> ends([1.0] * 10 + [3.0] * 10)
        (1.0, 3.0)
    """
    if len(values) < FEWEST_SAMPLES:
        return None
    size = max(int(len(values) * share), 1)
    return median(values[:size]), median(values[-size:])


def above_rolling_median(
    values: Sequence[float], factor: float, window: int = 16, row: int = 3
) -> int | None:
    """Return where `row` values in a row first exceed `factor` times the median before them.

    Example:
        >>> above_rolling_median([1.0] * 20 + [50.0] + [1.0] * 9, 10.0) is None
        True
        >>> above_rolling_median([1.0] * 20 + [50.0] * 9, 10.0)
        20
    """
    for place in range(window, len(values) - row + 1):
        usual = median(values[place - window : place])
        if usual > 0 and min(values[place : place + row]) > factor * usual:
            return place
    return None


@dataclass(frozen=True, slots=True)
class Course:
    """A share of one layer through the training, in the steps that looked at the layers."""

    path: str
    steps: tuple[int, ...]
    shares: tuple[float, ...]

    @property
    def first(self) -> float:
        """The share in the first look."""
        return self.shares[0]

    @property
    def last(self) -> float:
        """The smaller share of the last two looks: one look alone may have met an odd batch."""
        return min(self.shares[-2:])

    def stays_beyond(self, limit: float, growth: float) -> bool:
        """Tell whether the last looks are beyond `limit`, and `growth` above the first."""
        enough = len(self.shares) >= FEWEST_LOOKS
        return enough and self.last > limit and self.last - self.first >= growth


def layer_courses(
    run: TrainingRun, share: Callable[[LayerSample], float | None]
) -> tuple[Course, ...]:
    """Return the course of a share for every layer that has it."""
    found: dict[str, list[tuple[int, float]]] = {}
    for sample in run.samples:
        for layer in sample.layers:
            value = share(layer)
            if value is not None:
                found.setdefault(layer.path, []).append((sample.step, value))
    courses = []
    for path, points in found.items():
        steps, shares = zip(*points, strict=True)
        courses.append(Course(path, steps, shares))
    return tuple(courses)


def worst_first(courses: Sequence[Course], limit: float, growth: float) -> list[Course]:
    """Return the courses that stay beyond the limit: the worst, then the others in order."""
    sick = [course for course in courses if course.stays_beyond(limit, growth)]
    if not sick:
        return []
    worst = max(sick, key=lambda course: course.last)
    return [worst, *(course for course in sick if course is not worst)]


def first_beyond(course: Course, limit: float) -> int:
    """Return the first step from which the share stays beyond the limit."""
    step = course.steps[-1]
    for at, value in zip(reversed(course.steps), reversed(course.shares), strict=True):
        if value <= limit:
            break
        step = at
    return step
