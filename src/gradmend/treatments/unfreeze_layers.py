"""Let at least the head of the model learn.

## What it changes
`trainable` of the layers, and a second `compile`, without which Keras does not see it.

## When it helps
No weight of the model can change.

## When it harms
A pretrained backbone under a fresh head is better left frozen at first.

## References
Keras documentation, Transfer learning & fine-tuning.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for a model in which nothing is trainable."""
    if finding.code != "Z102" or not m.model.parameters:
        return
    yield TREATMENT.prescription(
        finding,
        expected="the optimizer has weights to change",
        where=(),
        before=("layer.trainable = False",),
        after=("model.layers[-1].trainable = True", "model.compile(...)"),
    )


TREATMENT = Treatment(
    name="unfreeze-layers",
    title="unfreeze the layers that are to learn",
    grade=Grade.ADVICE,
    prescribe=prescribe,
    causes=frozenset({Cause.LEARNING_RATE}),
)
