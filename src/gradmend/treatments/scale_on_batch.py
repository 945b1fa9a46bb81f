"""Let one batch of data set the scale of every layer (LSUV).

## What it changes
The starting values of hidden kernels: orthogonal, then divided, layer after layer, by the
standard deviation of what the layer makes of one training batch, until that is 1.

## When it helps
Deep networks whose activations no closed formula fits: mixed ones, your own, with pooling or
dropout between. One forward pass is all it costs.

## When it harms
It overwrites trained weights. It cannot revive a layer whose outputs are all zero, and it
means nothing before a normalization.

## References
Mishkin & Matas (2016), All you need is a good init, ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import distinct, layer_line
from gradmend.treatments._treatment import Treatment

DEEP = 5  # hidden layers with weights: fewer hardly change the size of the signal
CODES = frozenset({"V101", "V102", "V103", "A101", "Z101"})


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the hidden layers of a deep network without normalization."""
    heads = {output.layer for output in m.outputs}
    layers = [
        c for c in m.calls if c.role in ("dense", "conv") and c.call == 1 and c.path not in heads
    ]
    normed = any(call.role == "norm" for call in m.calls)
    if finding.code not in CODES or len(layers) < DEEP or normed:
        return
    yield TREATMENT.prescription(
        finding,
        expected="every layer passes signals of size 1 on, whatever its activation",
        where=[call.path for call in layers],
        before=distinct(layer_line(m, call) for call in layers),
        after=(
            *distinct(layer_line(m, c, kernel_initializer='"orthogonal"') for c in layers),
            "# then, before the first step, for each of these layers in order:",
            "layer.kernel.assign(layer.kernel / std(layer output before its activation))",
        ),
    )


TREATMENT = Treatment(
    name="scale-on-batch",
    title="scale each layer on one batch (LSUV)",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.INITIALIZER, Cause.DEPTH}),
)
