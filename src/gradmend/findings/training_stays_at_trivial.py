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
from statistics import median

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
STILL_FALLS = 0.9  # last window over the middle one
USUAL_UPDATES = (1e-5, 1e-1)  # of the weight per step


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the end of the training."""
    course = m.course
    if course is None or course.total_steps < MIN_STEPS or course_diverged(course):
        return
    ratio = best_ratio_to_trivial(course)
    if ratio is None or ratio <= STAYS_ABOVE:
        return
    done = course.total_steps >= ENOUGH_STEPS and not _still_falls(course)
    yield RULE.found(
        Severity.ERROR if done else Severity.WARNING,
        Symptom.NOT_LEARNING,
        _cause(m),
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
    middle = course.losses[len(course.losses) // 2] if len(course.losses) >= 4 else 0.0
    return middle > 0.0 and course.losses[-1] < STILL_FALLS * middle


def _cause(m: Measurements) -> Cause:
    updates = [w.update_ratio for w in trainable_kernels(m.weights) if w.update_ratio is not None]
    low, high = USUAL_UPDATES
    usual = not updates or low <= median(updates) <= high
    return Cause.DATA if usual else Cause.LEARNING_RATE


RULE = Rule(code="T102", name="training-stays-at-trivial", check=check)
