"""Let every layer of the model learn.

## What it changes
`trainable` of the layers, and a second `compile`, without which Keras does not see it.

## When it helps
No weight of the model can change; or most cannot, and the rest learns next to nothing.

## When it harms
A pretrained backbone under a fresh head is better left frozen at first: then
unfreeze the head alone.

## References
Keras documentation, Transfer learning & fine-tuning.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

FROZEN = frozenset({"Z102", "Z103"})


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for a model in which too little is trainable."""
    if finding.code not in FROZEN or not m.model.parameters:
        return
    yield TREATMENT.prescription(
        finding,
        expected="the optimizer has all weights to change",
        where=(),
        before=("layer.trainable = False",),
        after=("model.trainable = True  # every layer", "model.compile(...)"),
    )


TREATMENT = Treatment(
    name="unfreeze-layers",
    title="unfreeze the layers that are to learn",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.LEARNING_RATE}),
)
