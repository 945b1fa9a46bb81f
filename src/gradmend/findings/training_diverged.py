"""The loss blew up while the model trained.

## What it means
The loss became NaN or infinite, or ended far above both where it began and what a
constant prediction reaches.

## How it is measured
The mean loss over windows of the training, from the first to the last step and over its last third.

## When it is wrong
A spike that comes back is no divergence: the end of the training counts.

## What to try
Follow the root cause under which this stands. Alone: a smaller learning rate, clipping by
global norm, and a look at the batch of the step named. In float16 the small constant in Adam's
denominator (1e-7) is next to nothing: `mixed_float16` keeps the weights in float32.

## References
Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural
networks, ICML.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._course import part
from gradmend.findings._outcome import course_diverged
from gradmend.findings._precision import is_half
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_RISE = 2.0  # times the first window and the trivial loss: no noise of windows
# Without a trivial loss: one fit of a DQN goes from 1e-3 to 1e-4 and jumps tenfold on its way.
FAR, SURE = 10.0, 3.0  # times the first window; standard errors of the thirds


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the course of the training."""
    course = m.course
    if course is None:
        return
    broke = course_diverged(course)
    if not broke and not _rose(course):
        return
    at = course.first_nonfinite_step
    if broke:
        told = f"the loss becomes NaN or infinite at step {at}" if at else "the loss ends in NaN"
        message = f"{told} of {course.total_steps}"
    else:
        message = (
            f"the loss rises from {number(course.losses[0])} to {number(course.losses[-1])} in "
            f"{course.total_steps} steps (limit {MAX_RISE} times)"
        )
    last = float(at) if at else float(course.total_steps)
    yield RULE.found(
        Severity.ERROR,
        Symptom.NON_FINITE if broke else Symptom.EXPLODING,
        Cause.PRECISION if broke and is_half(m) else Cause.LEARNING_RATE,
        message,
        evidence=[Evidence(name="diverged at", value=last, unit="steps")],
        certain=broke,
    )


def _rose(course: Course) -> bool:
    if len(course.losses) < 2:
        return False
    first, last = course.losses[0], course.losses[-1]
    begin, end = part(course, 0.0, 1 / 3), part(course, 2 / 3, 1.0)
    late = last if end is None else min(last, end.mean)
    if first <= 0.0 or late <= MAX_RISE * max(first, course.trivial or first):
        return False
    if course.trivial or late > FAR * first or begin is None or end is None:
        return True
    return late - begin.mean > SURE * end.error(begin)


RULE = Rule(
    code="T101",
    name="training-diverged",
    check=check,
    explains=frozenset({"T102"}),
)
