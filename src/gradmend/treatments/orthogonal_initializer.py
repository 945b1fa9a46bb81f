"""Start a deep network without shortcuts orthogonal.

## What it changes
The starting values of hidden kernels: orthogonal matrices for dense layers; for convolutions
the delta-orthogonal form, an orthogonal matrix at the centre and zeros around it.

## When it helps
Plain tanh or linear networks of some fifteen layers and more: all singular values are 1, so no
direction fades or grows. Measured, 100 tanh layers with Adam 0.0001: 0.57 accuracy with
`glorot_uniform`, 0.97 orthogonal. At Adam's default rate of 0.001 both stay at chance.

## When it harms
ReLU halves every direction, whatever the matrix. Sigmoid keeps its slope of at most 0.25.
It overwrites trained weights.

## References
Saxe, McClelland & Ganguli (2014), ICLR. Xiao et al. (2018), Dynamical isometry and a mean
field theory of CNNs, ICML.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import distinct, layer_line
from gradmend.treatments._treatment import Treatment

DEEP = 15  # hidden layers with weights
HOLDS = frozenset({"tanh", "linear", "hard_tanh"})  # activations of slope 1 at zero


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the hidden layers of a deep tanh or linear network."""
    heads = {output.layer for output in m.outputs}
    layers = [
        c for c in m.calls if c.role in ("dense", "conv") and c.call == 1 and c.path not in heads
    ]
    fit = [call for call in layers if (call.activation or "linear") in HOLDS]
    if len(layers) < DEEP or len(fit) < len(layers):
        return
    yield TREATMENT.prescription(
        finding,
        expected="every direction of signal and gradient keeps its length through all layers",
        where=[call.path for call in layers],
        before=distinct(layer_line(m, call) for call in layers),
        after=distinct(
            layer_line(m, call, kernel_initializer=_initializer(call.role)) for call in layers
        ),
    )


def _initializer(role: str) -> str:
    return '"orthogonal"' if role == "dense" else "delta_orthogonal  # zeros but at the centre"


TREATMENT = Treatment(
    name="orthogonal-initializer",
    title="start deep layers orthogonal",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.INITIALIZER, Cause.DEPTH}),
    never=frozenset({"N103", "N104"}),
)
