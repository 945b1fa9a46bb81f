"""After training the model is no better than a constant prediction.

## What it means
The best constant (the class frequencies, or the mean) reaches the same loss. Whatever the
network computes from its input, it is of no use for these targets yet.

## How it is measured
The data loss after training, over the trivial loss on the same targets; and the last
window of the training loss over that of the training targets. Both must be above 0.95.

## When it is wrong
A task may hold no more than this: noise, or a rare class. A training of few steps, or one
whose loss falls fast enough to beat the constant within two more of its length, has not
failed yet: those are warnings. Targets that never vary leave nothing to beat.

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
    ends,
)
from gradmend.findings._rule import Rule
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

ENOUGH_STEPS = 50  # a healthy small network has left the trivial loss behind by then
NO_BETTER = 0.995  # to the digits that are shown
STILL_FALLS = 0.02  # of the middle third; 30 sigmoid layers at chance stay within 0.001
PATIENCE = 6.0  # thirds: a fall that needs more than two further trainings of this length is none
NOTHING = 1e-6  # the trivial loss of targets that are all the same, rounding included
USUAL_UPDATES = (1e-5, 1e-1)  # of the weight per step


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the end of the training."""
    course = m.course
    if course is None or course.total_steps < MIN_STEPS or course_diverged(course):
        return
    ratio = best_ratio_to_trivial(course)
    if ratio is None or ratio <= STAYS_ABOVE or _nothing_to_beat(m, course):
        return
    cause = _cause(m)
    # a loss that falls because each step is far too short has failed all the same
    hopeful = _on_its_way(m, course) and cause is not Cause.LEARNING_RATE
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


def _nothing_to_beat(m: Measurements, course: Course) -> bool:
    """Whether the targets never vary: a loss of zeros, as physics-informed networks use it."""
    constant = bool(m.targets) and all(target.distinct == 1 for target in m.targets)
    return constant and abs(course.trivial or 0.0) < NOTHING


def _ended(course: Course, ratio: float) -> str:
    """The two losses behind the ratio, as a reader would compare them."""
    end, trivial, _ = min(ends(course), key=lambda known: abs(known[2] - ratio))
    better = "no better" if ratio >= NO_BETTER else "hardly better"
    return f"the loss ended at {end:.3g}, {better} than a constant prediction ({trivial:.3g})"


def _on_its_way(m: Measurements, course: Course) -> bool:
    """Whether the last third fell, beyond noise, at a pace that soon beats a constant."""
    middle, last = _mean(course, 1 / 3, 2 / 3), _mean(course, 2 / 3, 1.0)
    if middle is None or last is None or course.trivial is None:
        return False
    pace = middle - last
    if pace <= STILL_FALLS * abs(middle) or m.loss.penalty > m.loss.data:
        return False  # what falls may be the penalty alone
    return last - STAYS_ABOVE * course.trivial <= PATIENCE * pace


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
