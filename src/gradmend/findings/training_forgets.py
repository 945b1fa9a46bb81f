"""What training had learned is lost again, and the loss stays where a constant would be.

## What it means
For a while the loss was far below that of a constant prediction, then it went back there and
stayed. Either a step threw the weights away, or the batches are no longer what they were: a loader
that divides its own array in place does so again in every epoch.

## How it is measured
The lowest mean of the training loss over at least `STEPS` steps in a row, and that of the last
third, over the trivial loss: the one below `LEARNED`, the other above `LOST`, and between them
`SURE` standard errors of the windows. The cause is told by the first batch: where the trained
model still answers it as it was, the data has changed. What contradicts itself so plainly needs
less of a fall before it: `BEGUN`.

## When it is wrong
Targets that change on purpose (a curriculum, an opponent that learns too) may bring the loss back
up. Heavy dropout does not: it weighs on the whole training.

## What to try
Compare a batch of the first epoch with one of the last. `x = x / 255`, not `x /= 255`, in a loader.
With the same data: a lower learning rate, or clipping.

## References
French (1999), Catastrophic forgetting in connectionist networks, Trends in Cognitive Sciences 3(4).
Measured, `PyDataset`s that divide in place: 0.66 and 0.92 of the constant over 16 steps, then
1.03 and 1.00, with the first batch at 0.69.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt

from gradmend.findings._course import part
from gradmend.findings._outcome import course_diverged, over_trivial
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

STEPS = 16  # in a row
ENOUGH_STEPS = 100
LEARNED, BEGUN, LOST = 0.75, 0.95, 0.95  # of the trivial loss
STILL_KNOWN = 0.9  # of the best constant for the first batch: no other constant comes below 1
SURE = 5.0  # standard errors: the lowest of many stretches is low by luck


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the course of the training."""
    course = m.course
    if course is None or course.total_steps < ENOUGH_STEPS or course_diverged(course):
        return
    trivial, last = course.trivial, part(course, 2 / 3, 1.0)
    best = _best_stretch(course)
    if not trivial or trivial < 0.0 or last is None or best is None:
        return
    known = _still_known(course)
    if best > (BEGUN if known else LEARNED) * trivial or last.mean < LOST * trivial:
        return
    if last.mean - best < SURE * _noise_of_a_step(course) / sqrt(STEPS):
        return
    yield RULE.found(
        Severity.ERROR,
        Symptom.NOT_LEARNING,
        Cause.DATA if known else Cause.LEARNING_RATE,
        f"the loss had come down to {number(best)} and went back to {number(last.mean)}, where a "
        f"constant prediction is ({number(trivial)})"
        + ("; the first batch is still answered: the data has changed since" if known else ""),
        evidence=[
            Evidence(name="lowest loss over trivial loss", value=best / trivial, unit="times"),
            Evidence(name="last loss over trivial loss", value=last.mean / trivial, unit="times"),
        ],
        certain=known,  # the training loss alone tells it: the first batch says the opposite
    )


def _widths(course: Course) -> list[int]:
    return [end - begin for begin, end in zip((0, *course.steps), course.steps, strict=False)]


def _best_stretch(course: Course) -> float | None:
    """The lowest mean over windows in a row that hold `STEPS` steps."""
    widths, best = _widths(course), None
    for first in range(len(widths)):
        mean = _mean_from(first, widths, course.losses)
        if mean is not None and (best is None or mean < best):
            best = mean
    return best


def _mean_from(first: int, widths: Sequence[int], losses: Sequence[float]) -> float | None:
    steps, total = 0, 0.0
    for width, loss in zip(widths[first:], losses[first:], strict=True):
        steps, total = steps + width, total + width * loss
        if steps >= STEPS:
            return total / steps
    return None


def _noise_of_a_step(course: Course) -> float:
    """The spread of the loss from step to step, from the windows of the last third."""
    late = [
        (width, loss)
        for end, width, loss in zip(course.steps, _widths(course), course.losses, strict=True)
        if end > 2 / 3 * course.total_steps
    ]
    mean = sum(loss for _, loss in late) / len(late)
    return sqrt(sum(width * (loss - mean) ** 2 for width, loss in late) / len(late))


def _still_known(course: Course) -> bool:
    if course.final_data_loss is None or not course.final_trivial:
        return False
    ratio = over_trivial(course.final_data_loss, course.final_trivial)
    return ratio is not None and ratio < STILL_KNOWN


RULE = Rule(
    code="T107",
    name="training-forgets",
    check=check,
    explains=frozenset({"T102", "T103", "T106"}),
    unless=frozenset({"T101"}),
)
