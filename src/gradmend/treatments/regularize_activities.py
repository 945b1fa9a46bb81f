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
from gradmend.treatments._keras_lines import distinct, layer_line
from gradmend.treatments._treatment import Treatment

STRENGTH = 0.001
ROLES = frozenset({"dense", "conv", "recurrent"})


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the hidden layers of a network with saturated units."""
    heads = {output.layer for output in m.outputs}
    layers = [c for c in m.calls if c.role in ROLES and c.call == 1 and c.path not in heads]
    if finding.code != "A102" or m.loss.penalty > 0.0 or not layers:
        return
    yield TREATMENT.prescription(
        finding,
        expected="fewer units are saturated, and the others can move again",
        where=[call.path for call in layers],
        before=distinct(layer_line(m, call) for call in layers),
        after=distinct(_penalized(m, call) for call in layers),
    )


def _penalized(m: Measurements, call: LayerCall) -> str:
    arguments = {"activity_regularizer": f"L2({STRENGTH})"}
    return layer_line(m, call, **arguments)


TREATMENT = Treatment(
    name="regularize-activities",
    title="add an L2 penalty on outputs",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.REGULARIZATION, Cause.LEARNING_RATE, Cause.INITIALIZER}),
)
