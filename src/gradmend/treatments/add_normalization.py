"""Normalize between layers.

## What it changes
A `LayerNormalization` (any batch size) or `BatchNormalization` (batches of 32 and more)
behind each hidden layer.

## When it helps
Signals shrink or grow from layer to layer and the initializer alone does not hold them; blocks
`x + f(x)` double their variance each.

## When it harms
Batch normalization with fewer than 8 samples, in recurrences, and in plain networks of
hundreds of layers, where the gradient grows 1.21 times per layer.

## References
Ioffe & Szegedy (2015), ICML. Ba, Kiros & Hinton (2016), arXiv:1607.06450.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import layer_line
from gradmend.treatments._treatment import Treatment

SMALL_BATCH = 32
DEEP = 5  # hidden layers with weights


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for a deep network without normalization."""
    blocked = finding.code == "Z101" and finding.cause is not Cause.DEPTH
    if blocked or any(call.role == "norm" for call in m.calls):
        return
    heads = {output.layer for output in m.outputs}
    layers = [c for c in m.calls if c.has_kernel and c.path not in heads]
    if len(layers) < DEEP:
        return
    norm = "LayerNormalization()" if m.batch_size < SMALL_BATCH else "BatchNormalization()"
    first = layer_line(m, layers[0])
    yield TREATMENT.prescription(
        finding,
        expected="every layer receives inputs of unit scale, however deep it stands",
        where=[call.path for call in layers],
        before=(first,),
        after=(first, norm),
    )


TREATMENT = Treatment(
    name="add-normalization",
    title="add normalization between layers",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.DEPTH, Cause.ACTIVATION, Cause.NORMALIZATION}),
    never=frozenset({"N103", "N104"}),
)
