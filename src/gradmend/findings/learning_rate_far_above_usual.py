"""The learning rate is far above what this optimizer bears.

## What it means
Adam and its relatives move every weight by about the learning rate, whatever the
gradient is: 0.1 is more than a typical weight of a layer of 64 units (0.13) in two
steps. ReLU units die, tanh units saturate, and the loss ends above where it began.

## How it is measured
The current learning rate against the customary limit of the optimizer; for SGD with momentum
the rate over 1 - momentum, which is how far a steady gradient moves a weight. When a rehearsal
brings the loss well down all the same, and one step moves all hidden kernels together by less
than their own size, it is only a note; when the loss is thrown up before it falls, an error. So
is a rate that a callback or a schedule raises to twice the limit in a training that fails.

## When it is wrong
Linear and very small models bear large rates; so do scale-free layers before a
normalization. A schedule may pass through a high value on purpose.

## What to try
The default of the optimizer first (Adam 0.001, SGD 0.01), then factors of three.

## References
Bengio (2012), Practical recommendations for gradient-based training of deep
architectures, section 3.1.1. Measured, ten tanh layers with Adam: 0.02 ends at 0.11-0.21
accuracy, with clipping at 0.09-0.11, and 0.002 at 0.98.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from gradmend.findings._kernels import trainable_kernels
from gradmend.findings._outcome import (
    course_failed,
    rehearsal_falls,
    rehearsal_rises,
    rehearsal_throws_up,
)
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
from gradmend.records.facts import OptimizerFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

# Ten to twenty times the default of each, where steps of the size of the rate are taken.
LIMITS = {
    "adam": 0.02,
    "adamw": 0.02,
    "adamax": 0.04,
    "nadam": 0.02,
    "rmsprop": 0.02,
    "lamb": 0.05,
    "lion": 0.003,
    "adagrad": 0.5,
    "ftrl": 0.5,
    "muon": 0.1,
    "sgd": 1.0,
}

# Of the rate over 1 - momentum: 0.1 with momentum 0.9 trains residual networks and makes 1.
LIMIT_WITH_MOMENTUM = 2.0
RAISED = 2.0  # times the limit, for a rate that training reaches: a peak may be meant
ROUNDING = 0.999  # optimizers keep the rate in float32: 0.02 is read as 0.0199999996


# Hidden kernels times the median share that one step moves each by: the change of their product.
# Adam first moves a 64x64 Glorot kernel by 8 times the rate, so three layers at 0.02 make 0.5,
# three at 0.05 make 1.2, ten at 0.02 make 1.6. Measured on digits, 2 seeds, one batch memorised in
# all: accuracy 0.96-0.97, 0.28-0.50 and 0.31-0.63.
MAX_COMPOUND = 1.0


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the optimizer."""
    if m.optimizer is None or m.optimizer.learning_rate is None:
        return
    name, rate = m.optimizer.name, m.optimizer.learning_rate
    limit = _limit(m.optimizer)
    if limit is None:
        return
    highest = _rate_that_broke_it(m)
    if rate < ROUNDING * limit and highest >= RAISED * limit:
        yield _raised(name, rate, highest, limit)
    if rate < ROUNDING * limit:
        return
    far = _compound_update(m) >= MAX_COMPOUND
    sick = rehearsal_rises(m) or rehearsal_throws_up(m) or course_failed(m.course)
    bears = rehearsal_falls(m) and not far
    mild = Severity.NOTE if bears else Severity.WARNING
    yield RULE.found(
        Severity.ERROR if sick else mild,
        Symptom.EXPLODING,
        Cause.LEARNING_RATE,
        f"learning rate of {name} is {number(rate)} (limit {number(limit)} per step)",
        where=(name,),
        evidence=[Evidence(name="learning rate", value=rate, unit="per step")],
    )


def _rate_that_broke_it(m: Measurements) -> float:
    """The highest rate that callbacks or a schedule reached in a training that failed."""
    if m.course is None or not course_failed(m.course):
        return 0.0
    return max(m.course.learning_rates, default=0.0)


def _raised(name: str, rate: float, highest: float, limit: float) -> Finding:
    return RULE.found(
        Severity.ERROR,
        Symptom.EXPLODING,
        Cause.LEARNING_RATE,
        f"the learning rate of {name} was raised from {number(rate)} to {number(highest)} in "
        f"training (limit {number(limit)} per step)",
        where=(name,),
        evidence=[Evidence(name="highest learning rate", value=highest, unit="per step")],
    )


def _limit(optimizer: OptimizerFacts) -> float | None:
    name, momentum = optimizer.name.lower(), optimizer.momentum or 0.0
    if name == "sgd" and 0.5 < momentum < 1.0:
        return LIMIT_WITH_MOMENTUM * (1.0 - momentum)
    return LIMITS.get(name)


def _compound_update(m: Measurements) -> float:
    ratios = [w.update_ratio for w in trainable_kernels(m.weights) if w.update_ratio is not None]
    return max(len(ratios) - 1, 1) * median(ratios) if ratios else 0.0


RULE = Rule(
    code="S101",
    name="learning-rate-far-above-usual",
    check=check,
    explains=frozenset({"S102", "T101", "T102", "T103"}),
)
