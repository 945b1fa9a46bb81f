"""The learning rate is far above what this optimizer bears.

## What it means
Adam and its relatives move every weight by about the learning rate, whatever the
gradient is: 0.1 is more than a typical weight of a layer of 64 units (0.13) in two
steps. ReLU units die, tanh units saturate, and the loss ends above where it began.

## How it is measured
The current learning rate against the customary limit of the optimizer. When the steps of a
rehearsal bring the loss well down all the same, it is only a note.

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

from gradmend.findings._outcome import course_failed, rehearsal_falls, rehearsal_rises
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
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

ROUNDING = 0.999  # optimizers keep the rate in float32: 0.02 is read as 0.0199999996


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the optimizer."""
    if m.optimizer is None or m.optimizer.learning_rate is None:
        return
    name, rate = m.optimizer.name, m.optimizer.learning_rate
    limit = LIMITS.get(name.lower())
    if limit is None or rate < ROUNDING * limit:
        return
    sick = rehearsal_rises(m) or course_failed(m.course)
    mild = Severity.NOTE if rehearsal_falls(m) else Severity.WARNING
    yield RULE.found(
        Severity.ERROR if sick else mild,
        Symptom.EXPLODING,
        Cause.LEARNING_RATE,
        f"learning rate of {name} is {number(rate)} (limit {number(limit)} per step)",
        where=(name,),
        evidence=[Evidence(name="learning rate", value=rate, unit="per step")],
    )


RULE = Rule(
    code="S101",
    name="learning-rate-far-above-usual",
    check=check,
    explains=frozenset({"S102", "T101", "T102"}),
)
