"""The steps are too short to get anywhere.

## What it means
Nearly all kernels move by less than a millionth of their size per step. At that pace
ten thousand steps change them by one percent.

## How it is measured
The median of ‖new - old‖/‖old‖ for one real step on copies, over the trainable kernels that
receive a gradient: where there is none, the length of the step is not the trouble. A
learning rate of exactly 0 is certain, unless a schedule sets it. After a whole training the
same holds for all its steps together: at a rate far below the default of the optimizer, a loss
that ended where it began and kernels that moved by less than two percent.

## When it is wrong
A warm-up starts near zero on purpose: the ratio is taken at the highest rate that a schedule
reached in the training. And fine-tuning takes small steps. With the
gradient itself vanishing this is a consequence, and folded under it.

## What to try
The default learning rate of the optimizer, then factors of three upward.

## References
Karpathy et al., CS231n course notes, "Ratio of weights:updates": about 1e-3 is usual.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from gradmend.findings._course import stands_still
from gradmend.findings._kernels import trainable_kernels
from gradmend.findings._optimizers import far_below_default
from gradmend.findings._outcome import (
    course_failed,
    learned_before,
    rehearsal_falls,
    rehearsal_stands_still,
)
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

TINY_RATE = 1e-5  # a hundredth of the smallest default: beside it no gradient need be blamed
MIN_UPDATE = 1e-6  # of the weight per step: a thousandth of what is customary
MIN_TRAINING = 0.02  # of the weight in a whole training: twenty customary steps


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the size of the step."""
    kernels = trainable_kernels(m.weights)
    ratios = [w.update_ratio for w in kernels if w.update_ratio is not None and w.gradient_norm]
    rate = m.optimizer.learning_rate if m.optimizer is not None else None
    scheduled = m.optimizer is not None and m.optimizer.scheduled
    highest = max(m.course.learning_rates, default=0.0) if m.course is not None else 0.0
    stands = rate == 0.0
    if stands and highest > TINY_RATE:
        return
    ratio = (median(ratios) if ratios else 0.0) * (max(highest / rate, 1.0) if rate else 1.0)
    small = ratio < MIN_UPDATE or _small_in_all(m, ratio)
    if not stands and (not ratios or not small or _gets_anywhere(m)):
        return
    tiny = not scheduled and rate is not None and rate < TINY_RATE and rehearsal_stands_still(m)
    sick = (stands and not scheduled) or tiny or course_failed(m.course)
    told = "" if rate is None else f"; the learning rate is {number(rate)}"
    yield RULE.found(
        Severity.ERROR if sick else Severity.NOTE if scheduled else Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.LEARNING_RATE,
        f"{_moved(m, ratio)}{told}",
        evidence=[Evidence(name="median update ratio", value=ratio, unit="of the weight")],
        certain=stands and not scheduled,
    )


def _small_in_all(m: Measurements, ratio: float) -> bool:
    """Whether a whole training at a tiny rate moved neither the kernels nor the loss."""
    if m.course is None or not stands_still(m.course) or not far_below_default(m):
        return False
    return ratio * m.course.total_steps < MIN_TRAINING


def _moved(m: Measurements, ratio: float) -> str:
    if ratio < MIN_UPDATE or m.course is None:
        limit = f"limit {number(MIN_UPDATE)} of the weights"
        return f"one step moves the median kernel by {number(ratio)} of its weights ({limit})"
    whole, steps = number(ratio * m.course.total_steps), m.course.total_steps
    limit = f"limit {number(MIN_TRAINING)} of the weights"
    return f"{steps} steps moved the median kernel by at most {whole} of its weights ({limit})"


def _gets_anywhere(m: Measurements) -> bool:
    return learned_before(m) or rehearsal_falls(m)


RULE = Rule(
    code="S103",
    name="step-too-small",
    check=check,
    explains=frozenset({"T102"}),
    unless=frozenset({"N102", "N103", "N104", "N105"}),
)
