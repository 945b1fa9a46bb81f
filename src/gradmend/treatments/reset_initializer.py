"""Draw the weights anew at the scale that fits the activation.

## What it changes
The starting values of hidden kernels, of a head that was drawn far too wide, and of embeddings
that start at zero. What the model can
compute stays the same.

## When it helps
The kernel gain is far from 1.41 (ReLU) or 1 (tanh). Measured, ten tanh layers: N(0, 1)
0.10-0.18 accuracy, `glorot_uniform` 0.92-0.98.

## When it harms
It overwrites trained weights. It cannot save a deep sigmoid network: the slope of a
sigmoid is at most 0.25, whatever the weights.

## References
He, Zhang, Ren & Sun (2015), Delving deep into rectifiers, ICCV. Glorot & Bengio (2010).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.records.signals import LayerCall
from gradmend.treatments._keras_lines import distinct, layer_line
from gradmend.treatments._treatment import Treatment

FITTING = {
    "relu": "he_normal",
    "relu6": "he_normal",
    "leaky_relu": "he_normal",
    "elu": "he_normal",
    "gelu": "he_normal",
    "silu": "he_normal",
    "swish": "he_normal",
    "mish": "he_normal",
    "selu": "lecun_normal",
}
DEFAULT = "glorot_uniform"
# As draws of the same initializer for a few hundred weights are: of gain, and of mean over RMS.
ALIKE, CENTRED = 1.2, 0.3
TABLE = "uniform"  # of Embedding in Keras: -0.05 to 0.05
WIDE, TOO_WIDE = "I101", 3.0  # times the gain of 1 that a head starts with


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the hidden layers, or the heads where those are at fault."""
    tables = [c for c in m.calls if c.role == "embedding" and c.path in finding.where]
    if tables:
        yield _tables(m, finding, tables)
        return
    heads = {output.layer for output in m.outputs}
    layers = [c for c in m.calls if c.has_kernel and c.call == 1]
    hidden = [call for call in layers if call.path not in heads and call.weights != ()]
    hidden = hidden or [call for call in layers if call.path not in heads]
    if finding.where and set(finding.where) <= heads:
        hidden = [call for call in layers if call.path in finding.where]
    elif finding.code == WIDE:
        hidden += [call for call in layers if call.path in heads & _wide(m)]
    # a rule about the weights has looked at them itself
    fit = not finding.code.startswith("I") and all(_fits(m, call) for call in hidden)
    if not hidden or fit:
        return
    yield TREATMENT.prescription(
        finding,
        expected="outputs and gradients keep their size from layer to layer",
        where=[call.path for call in hidden],
        before=distinct(_line(m, call) for call in hidden),
        after=distinct(_line(m, call, fitting(call.activation)) for call in hidden),
    )


def _line(m: Measurements, call: LayerCall, initializer: str | None = None) -> str:
    """A layer as it is made; the line that makes the matrix, in a class of the user's own."""
    if call.role != "projection":
        named = {} if initializer is None else {"kernel_initializer": f'"{initializer}"'}
        return layer_line(m, call, **named)
    matrix = next(w for w in m.weights if w.layer == call.path and w.role == "kernel")
    given = "" if initializer is None else f', initializer="{initializer}"'
    return f"self.add_weight(shape={matrix.shape}{given})  # in {call.class_name}"


def _tables(m: Measurements, finding: Finding, calls: Sequence[LayerCall]) -> Prescription:
    return TREATMENT.prescription(
        finding,
        expected="each of two factors gives the other a gradient",
        where=[call.path for call in calls],
        before=distinct(layer_line(m, call, embeddings_initializer='"zeros"') for call in calls),
        after=distinct(layer_line(m, call, embeddings_initializer=f'"{TABLE}"') for call in calls),
    )


def _fits(m: Measurements, call: LayerCall) -> bool:
    """Whether the kernel of a layer could have been drawn by the initializer we would name."""
    kernel = next((w for w in m.weights if w.layer == call.path and w.role == "kernel"), None)
    if kernel is None or not kernel.gain or kernel.glorot_gain is None:
        return False
    drawn = {"he_normal": sqrt(2.0), "lecun_normal": 1.0}.get(
        fitting(call.activation), kernel.glorot_gain
    )
    centred = abs(kernel.mean) < CENTRED * kernel.rms
    return centred and drawn / ALIKE < kernel.gain < drawn * ALIKE


def _wide(m: Measurements) -> set[str]:
    """Layers that were drawn far too wide: a head often shares the initializer of the others."""
    kernels = [weight for weight in m.weights if weight.role == "kernel"]
    return {weight.layer for weight in kernels if (weight.gain or 0.0) > TOO_WIDE}


def fitting(activation: str | None) -> str:
    """The Keras initializer that keeps the size of signals before this activation."""
    return FITTING.get(activation or "linear", DEFAULT)


TREATMENT = Treatment(
    name="reset-initializer",
    title="initialise weights to fit the activation",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.INITIALIZER, Cause.DEPTH}),
)
