"""Add an L2 penalty on kernels, and on recurrent kernels.

## What it changes
`kernel_regularizer=L2(strength)` of hidden layers, and `recurrent_regularizer` of recurrent
ones. `mend` tries the strengths 0.001, 0.01 and 0.1.

## When it helps
Weights are large, or grow while they train, and saturate their units. Measured, five tanh layers
from N(0, 0.5): 0.90 accuracy and 63 % saturated without, 0.95 and 9 % with 0.01.

## When it harms
Too much keeps tanh in its linear part (0.1: 99.8 % of the outputs, 0.06 accuracy over ten
layers) and takes the memory of a recurrence. A learning rate that is too high stays too high.
Before a normalization it changes the length of the steps only.

## References
Krogh & Hertz (1991), A simple weight decay can improve generalization, NIPS. Pascanu, Mikolov &
Bengio (2013), ICML, section 3.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.records.signals import LayerCall
from gradmend.treatments._penalties import penalized
from gradmend.treatments._treatment import Treatment

STRENGTH = 0.01


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the hidden layers of a network with saturated units."""
    return penalized(TREATMENT, m, finding, _arguments)


def _arguments(call: LayerCall) -> dict[str, str]:
    found = {"kernel_regularizer": f"L2({STRENGTH})"}
    if call.role == "recurrent":
        found["recurrent_regularizer"] = f"L2({STRENGTH})"
    return found


TREATMENT = Treatment(
    name="regularize-kernels",
    title="add an L2 penalty on kernels",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.REGULARIZATION, Cause.LEARNING_RATE, Cause.INITIALIZER}),
)
