"""Normalize over the batch where a normalization over the features sees one value only.

## What it changes
`LayerNormalization`, `GroupNormalization`, `RMSNormalization` or `UnitNormalization` becomes
`BatchNormalization` in the same place: each feature is compared with that of other samples.

## When it helps
The layer subtracts the only value it sees, so that its output is the same for every input.
Measured, one sensor channel and three seeds: at the constant with `LayerNormalization()`, 0.001 of
its loss with `BatchNormalization()` and a tenth of the learning rate.

## When it harms
Batches of a few samples: their mean and variance are noise. Training and inference differ.

## References
Ioffe & Szegedy (2015), Batch normalization, ICML. Ba, Kiros & Hinton (2016), arXiv:1607.06450.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import calls_named
from gradmend.treatments._treatment import Treatment

LEAVES_NOTHING = "B102"


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the layers that leave nothing of their input."""
    calls = calls_named(m, finding.where)
    if finding.code != LEAVES_NOTHING or not calls:
        return
    yield TREATMENT.prescription(
        finding,
        expected="the output differs from sample to sample again",
        where=[call.path for call in calls],
        before=tuple(dict.fromkeys(f"{call.class_name}()" for call in calls)),
        after=("BatchNormalization()",),
    )


TREATMENT = Treatment(
    name="exchange-normalization",
    title="normalize over the batch",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.NORMALIZATION}),
)
