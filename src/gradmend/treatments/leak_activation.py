"""Let units that are silent on all samples hand on a little.

## What it changes
ReLU becomes LeakyReLU, of slope 0.2 below zero, in the layers that are dead or that everything
must pass through. Weights stay.

## When it helps
One narrow layer of ReLU units, all silent by chance of the draw: the gradient of everything
before them is exactly zero. Wide layers survive the silence of some units.

## When it harms
It does not cure what silences the units. Measured, ten layers with biases at -3: 0.06 accuracy
before and after, 0.96 with biases at 0. Twenty leaky layers in a row pass on next to nothing.

## References
Maas, Hannun & Ng (2013), Rectifier nonlinearities improve neural network acoustic models, ICML.
Lu, Shin, Su & Karniadakis (2020), Dying ReLU and initialization, CiCP 28(5).
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.records.signals import LayerCall
from gradmend.treatments._keras_lines import distinct, layer_line
from gradmend.treatments._treatment import Treatment

NEW = "leaky_relu"
ANSWERED = frozenset({"A101", "A104", "Z101"})
RECTIFIERS = frozenset({"relu", "relu6"})
NARROW = 1  # unit: silent by chance at every other draw


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the ReLU layers that are dead, named, or a single unit wide."""
    if finding.code not in ANSWERED:
        return
    rectified = [c for c in m.calls if c.call == 1 and c.activation in RECTIFIERS]
    layers = [call for call in rectified if call.label in finding.where or _is_silent(call)]
    if not any(call.label in finding.where for call in layers):
        return
    yield TREATMENT.prescription(
        finding,
        expected="every unit receives a gradient, whatever its sign",
        where=[call.path for call in layers],
        before=distinct(layer_line(m, call) for call in layers),
        after=distinct(layer_line(m, call, activation=f'"{NEW}"') for call in layers),
    )


def _is_silent(call: LayerCall) -> bool:
    seen = call.forward
    return seen is not None and (seen.zero_share >= 1.0 or seen.units <= NARROW)


TREATMENT = Treatment(
    name="leak-activation",
    title="use LeakyReLU where ReLU units are silent",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.ACTIVATION, Cause.INITIALIZER, Cause.LEARNING_RATE}),
)
