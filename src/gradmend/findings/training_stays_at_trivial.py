"""After training the model is no better than a constant prediction.

## What it means
The best constant (the class frequencies, or the mean) reaches the same loss. Whatever the
network computes from its input, it is of no use for these targets yet.

## How it is measured
The data loss after training, over the trivial loss on the same targets; and the last
window of the training loss over that of the training targets. Both must be above 0.95.

## When it is wrong
A task may hold no more than this: noise, or a rare class. A training of few steps, or one
whose loss still falls, has not failed yet: those are warnings.

## What to try
Follow the root cause under which this stands. Alone: train on a single batch until the
loss is near zero; if that works, look at the data, else at the learning rate.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 11.5: fit a tiny data set.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean, median

from gradmend.findings._kernels import trainable_kernels
from gradmend.findings._outcome import (
    MIN_STEPS,
    STAYS_ABOVE,
    best_ratio_to_trivial,
    course_diverged,
)
from gradmend.findings._rule import Rule
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

ENOUGH_STEPS = 50  # a healthy small network has left the trivial loss behind by then
NO_BETTER = 0.995  # to the digits that are shown
STILL_FALLS = 0.98  # last third over the middle one; 30 sigmoid layers at chance stay within 0.001
USUAL_UPDATES = (1e-5, 1e-1)  # of the weight per step


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the end of the training."""
    course = m.course
    if course is None or course.total_steps < MIN_STEPS or course_diverged(course):
        return
    ratio = best_ratio_to_trivial(course)
    if ratio is None or ratio <= STAYS_ABOVE:
        return
    cause = _cause(m)
    # a loss that falls because each step is far too short has failed all the same
    hopeful = _still_falls(course) and cause is not Cause.LEARNING_RATE
    done = course.total_steps >= ENOUGH_STEPS and not hopeful
    yield RULE.found(
        Severity.ERROR if done else Severity.WARNING,
        Symptom.NOT_LEARNING,
        cause,
        f"after {course.total_steps} steps {_ended(course, ratio)}",
        evidence=[
            Evidence(name="loss over trivial loss", value=ratio, unit="times"),
            Evidence(name="steps", value=float(course.total_steps), unit="steps"),
        ],
    )


def _ended(course: Course, ratio: float) -> str:
    """The two losses behind the ratio, as a reader would compare them."""
    if course.final_data_loss is not None and course.final_trivial:
        pairs = [(course.final_data_loss, course.final_trivial)]
    else:
        pairs = []
    if course.losses and course.trivial:
        pairs.append((course.losses[-1], course.trivial))
    end, trivial = min(pairs, key=lambda pair: abs(pair[0] / pair[1] - ratio))
    better = "no better" if ratio >= NO_BETTER else "hardly better"
    return (
        f"the loss ended at {end:.3g}, {better} than a constant prediction "
        f"({trivial:.3g}, limit {STAYS_ABOVE} times that)"
    )


def _still_falls(course: Course) -> bool:
    """Whether the last third of the training stands below the middle third, beyond noise."""
    middle, last = _mean(course, 1 / 3, 2 / 3), _mean(course, 2 / 3, 1.0)
    return middle is not None and last is not None and 0.0 < last < STILL_FALLS * middle


def _mean(course: Course, begin: float, end: float) -> float | None:
    """The mean of the windows that close in this part of the training."""
    total = course.total_steps
    inside = [
        loss
        for step, loss in zip(course.steps, course.losses, strict=True)
        if begin * total < step <= end * total
    ]
    return fmean(inside) if inside else None


def _cause(m: Measurements) -> Cause:
    updates = [w.update_ratio for w in trainable_kernels(m.weights) if w.update_ratio is not None]
    low, high = USUAL_UPDATES
    usual = not updates or low <= median(updates) <= high
    return Cause.DATA if usual else Cause.LEARNING_RATE


RULE = Rule(code="T102", name="training-stays-at-trivial", check=check)
