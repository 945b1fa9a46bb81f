"""Start the biases at zero.

## What it changes
The starting values of the biases. What the model can compute stays the same.

## When it helps
Strongly negative biases keep every ReLU at rest. Measured with biases at -3: 0.06 accuracy;
at 0: 0.96. An output bias of 55, the ratio of the classes in place of its logarithm, holds a
sigmoid at 1: the loss stays at 15.6.

## When it harms
It overwrites trained biases, and the forget bias of an LSTM must stay. A leaky ReLU is no
replacement: measured, it stays at 0.06.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.4.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import distinct, layer_line
from gradmend.treatments._treatment import Treatment

FAR = 10.0  # a sigmoid of this size is 1 to four digits


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the layers with negative biases, or those named that are far."""
    biases = [w for w in m.weights if w.role == "bias"]
    named = {call.path for call in m.calls if {call.path, call.label} & set(finding.where)}
    off = [w for w in biases if w.layer in named and w.rms > FAR]
    off = off or [w for w in biases if w.mean < 0.0]
    layers = [c for c in m.calls if c.path in {w.layer for w in off} and c.call == 1]
    if not layers:
        return
    value = max((w.mean for w in off), key=abs)
    old = f"Constant({value:.3g})"
    yield TREATMENT.prescription(
        finding,
        expected="units answer to some of the samples again, and receive a gradient",
        where=[call.path for call in layers],
        before=distinct(layer_line(m, call, bias_initializer=old) for call in layers),
        after=distinct(layer_line(m, call, bias_initializer='"zeros"') for call in layers),
    )


TREATMENT = Treatment(
    name="reset-bias",
    title="start biases at zero",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.BIAS}),
)
