"""Give batch normalization enough samples, or a normalization that needs none.

## What it changes
The batch size of `fit`, or `BatchNormalization` against `LayerNormalization`.

## When it helps
One to three values per unit and step: their mean and deviation are noise, or nothing. Steps that
follow single samples, and wander.

## When it harms
A larger batch takes fewer steps per epoch: raise the number of epochs with it.

## References
Wu & He (2018), Group normalization, ECCV, figure 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

ENOUGH = 32  # rows a step
ANSWERED = frozenset({"B101", "S104"})


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the training that the finding speaks of."""
    if finding.code not in ANSWERED:
        return
    noise = finding.code == "S104"
    yield TREATMENT.prescription(
        finding,
        expected="the noise of single samples averages out"
        if noise
        else "the mean of a batch says something about the data; or use LayerNormalization",
        where=finding.where,
        before=(f"model.fit(x, y, batch_size={m.fit_batch_size})",),
        after=(f"model.fit(x, y, batch_size={ENOUGH})",),
    )


TREATMENT = Treatment(
    name="enlarge-batch",
    title="train on larger batches",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.NORMALIZATION, Cause.LEARNING_RATE}),
)
