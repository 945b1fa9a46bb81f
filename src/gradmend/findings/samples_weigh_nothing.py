"""Every sample has weight zero, or some have a weight below it.

## What it means
Sample weights multiply the loss of each row. With zeros alone there is no loss and no gradient:
the training runs to its end, at a loss of exactly 0, and no weight moves. A negative weight
rewards wrong answers on its rows.

## How it is measured
The smallest and the largest of the `sample_weight` of the batch, in which those of `class_weight`
are contained.

## When it is wrong
Zeros for all rows are never right. Negative weights are used on purpose in policy gradients; they
are a note where the training went well.

## What to try
Look at where the weights are computed: an integer division, a mask the wrong way round, a class
that `class_weight` does not name.

## References
Keras documentation, `Model.fit`, arguments `sample_weight` and `class_weight`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import course_learned
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
from gradmend.records.facts import TensorFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the weights of the samples."""
    weights = m.sample_weights
    if not weights:
        return
    if all(_is_zero(weight) for weight in weights):
        yield _found(
            Severity.ERROR,
            Symptom.ZERO_GRADIENT,
            "the sample weight of every row is 0: there is no loss, and no gradient",
            0.0,
        )
        return
    least = min(weight.smallest for weight in weights)
    if least < 0.0:
        yield _found(
            Severity.NOTE if course_learned(m.course) else Severity.WARNING,
            Symptom.NOT_LEARNING,
            f"sample weights go down to {number(least)} (limit 0): wrong answers on those rows "
            "are rewarded",
            least,
        )


def _is_zero(weight: TensorFacts) -> bool:
    return weight.smallest == weight.largest == 0.0 and weight.nonfinite == 0


def _found(severity: Severity, symptom: Symptom, message: str, least: float) -> Finding:
    return RULE.found(
        severity,
        symptom,
        Cause.DATA,
        message,
        where=["sample_weight"],
        evidence=[Evidence(name="smallest sample weight", value=least, unit="1")],
        certain=severity is Severity.ERROR,
    )


RULE = Rule(
    code="D106",
    name="samples-weigh-nothing",
    check=check,
    explains=frozenset({"Z101", "V101", "V102", "S103", "T101", "T102", "T103"}),
)
