"""Add an L2 penalty on the outputs of hidden layers.

## What it changes
`activity_regularizer=L2(strength)` of hidden layers. Keras divides it by the batch size. `mend`
tries the strengths 0.0001, 0.001 and 0.01.

## When it helps
Outputs sit at the ends of tanh although the weights are small, or grow without bound.

## When it harms
Too much pushes tanh into its linear part and ReLU units to death.

## References
Glorot & Bengio (2010), AISTATS, section 3. Merity, McCann & Socher (2017), Revisiting
activation regularization for language RNNs, arXiv:1708.01009.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.records.signals import LayerCall
from gradmend.treatments._penalties import penalized
from gradmend.treatments._treatment import Treatment

STRENGTH = 0.001


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the hidden layers of a network with saturated units."""
    return penalized(TREATMENT, m, finding, _arguments)


def _arguments(_: LayerCall) -> dict[str, str]:
    return {"activity_regularizer": f"L2({STRENGTH})"}


TREATMENT = Treatment(
    name="regularize-activities",
    title="add an L2 penalty on outputs",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.REGULARIZATION, Cause.LEARNING_RATE, Cause.INITIALIZER}),
)
