"""Let the data be heard over the penalty, or through the dropout.

## What it changes
The factor of the regularizers, or the rate of the dropout layers.

## When it helps
The penalty is many times the data loss, or dropout keeps next to nothing, and the model stays
at chance.

## When it harms
A model that learns but generalises badly needs the opposite.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, sections 7.1 and 7.12.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, log10

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

AIM = 0.1  # of the data loss: there the penalty is heard and does not lead


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the penalty or for the dropout layers named."""
    if finding.code == "G102":
        before, after = ["Dropout(0.95)"], ["Dropout(0.2)"]
        dropped = next((e.value for e in finding.evidence if e.unit == "share"), None)
        if dropped is not None:
            before = [f"Dropout({dropped:.2g})"]
    else:
        before, after = ["kernel_regularizer=L2(factor)"], [f"L2({_factor(m):g} * factor)"]
    yield TREATMENT.prescription(
        finding,
        expected="the steps follow the data, and the data loss falls",
        where=finding.where,
        before=before,
        after=after,
    )


def _factor(m: Measurements) -> float:
    """The power of ten that brings the penalty of this batch to a tenth of the data loss."""
    wanted = AIM * abs(m.loss.data) / m.loss.penalty if m.loss.penalty > 0.0 else AIM
    return float(10.0 ** floor(log10(wanted))) if wanted > 0.0 else AIM


TREATMENT = Treatment(
    name="weaken-regularization",
    title="regularize less",
    grade=Grade.ADVICE,
    prescribe=prescribe,
    causes=frozenset({Cause.REGULARIZATION}),
)
