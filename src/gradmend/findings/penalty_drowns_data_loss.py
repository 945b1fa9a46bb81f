"""The penalty is far larger than the loss of the data.

## What it means
The optimizer follows the steepest descent of the sum. While regularizers and `add_loss`
terms make up nearly all of it, the weights shrink instead of learning.

## How it is measured
The penalty of the measured batch over its data loss, before the first step.

## When it is wrong
A penalty that falls quickly leaves the data loss its turn: 0.01 of L2 on wide layers starts
at ten times the data loss and does no harm. By itself this is a warning; it becomes an
error when the steps of a rehearsal, or a whole training, do not bring the data loss down. Where a
whole training has failed, three times the data loss is enough.

## What to try
A hundredth of the penalty, then factors of ten upward while the validation loss falls.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 7.1.
Measured on digits, two layers with Adam: L2 of 0.1 learns, L2 of 1 and L1 of 0.1 stay at chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from gradmend.findings._outcome import course_failed, outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_RATIO = 10.0  # times the data loss
MAX_WHERE_FAILED = 3.0  # L1 of 1 on the activity of 64 units starts at four times, and kills them


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the parts of the loss."""
    penalty, data = m.loss.penalty, m.loss.data
    scale = max(abs(data), abs(m.loss.trivial or 0.0))
    limit = MAX_WHERE_FAILED if course_failed(m.course) else MAX_RATIO
    if not (isfinite(penalty) and isfinite(data)) or scale == 0.0 or penalty <= limit * scale:
        return
    yield RULE.found(
        Severity.ERROR if outcome_fails(m) else Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.REGULARIZATION,
        f"penalty of {number(penalty)} beside a data loss of {number(data)}: "
        f"{number(penalty / scale)} times as large (limit {number(limit)} times)",
        evidence=[
            Evidence(name="penalty", value=penalty, unit="loss"),
            Evidence(name="data loss", value=data, unit="loss"),
        ],
    )


RULE = Rule(
    code="G101",
    name="penalty-drowns-data-loss",
    check=check,
    explains=frozenset({"V101", "V102", "S102", "S103", "T101", "T102", "T103"}),
)
