"""Replace squashing activations in hidden layers by ReLU.

## What it changes
The activation of hidden layers, and with it the initializer: ReLU wants `he_normal`.
Where layers are so narrow that ReLU units may all be silent, SELU with `lecun_normal`.
Heads, gates, attention and recurrent cells stay as they are.

## When it helps
Sigmoid, softmax or exponential in more than about five hidden layers. Measured on 30
layers: 0.06 accuracy with sigmoid, 0.92-0.97 with ReLU and `he_normal`. Several sigmoids with
narrow weights: fitting weights leave their slope of 0.25, ReLU does not.

## When it harms
Trained weights mean nothing after the swap. With the old initializer it costs 5 to 15
points. In a recurrence, ReLU explodes.

## References
Glorot, Bordes & Bengio (2011), Deep sparse rectifier neural networks, AISTATS. Klambauer et al.
(2017), Self-normalizing neural networks, NIPS. Lu et al. (2020), Dying ReLU and initialization.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.records.signals import LayerCall
from gradmend.treatments._keras_lines import distinct, layer_line
from gradmend.treatments._treatment import Treatment
from gradmend.treatments.reset_initializer import fitting

SWAPPED = frozenset(
    {"sigmoid", "hard_sigmoid", "softmax", "softsign", "exponential", "tanh", "hard_tanh"}
)
SIGMOIDS = frozenset({"sigmoid", "hard_sigmoid"})  # of slope 0.25 at most
MAY_DIE = 0.1  # chance that some layer starts silent: nine layers of five units reach 0.28
NARROW = frozenset({"I102", "V102"})
TITLES = {"relu": "ReLU", "selu": "SELU"}
ROLES = frozenset({"dense", "conv", "activation"})


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for all hidden layers with such an activation, or with none."""
    heads = {output.layer for output in m.outputs}
    gates = {i for call in m.calls if call.class_name == "Multiply" for i in call.inputs}
    bare = finding.code == "A105"
    swapped = [
        call
        for call in m.calls
        if (call.activation in SWAPPED or (bare and call.path in finding.where))
        and call.role in ROLES
        and call.call == 1
        and call.path not in heads
        and call.index not in gates
    ]
    if not swapped or (finding.cause is Cause.INITIALIZER and not _sigmoids(swapped, finding)):
        return
    new = _new(swapped)
    yield TREATMENT.prescription(
        finding,
        title=TREATMENT.title.replace("ReLU", TITLES[new]),
        expected="the gradient keeps its size on the way back to the first layers",
        where=[call.path for call in swapped],
        before=distinct(layer_line(m, call) for call in swapped),
        after=distinct(_after(m, call, new) for call in swapped),
    )


def _sigmoids(swapped: list[LayerCall], finding: Finding) -> bool:
    """Whether several sigmoids share the weights at fault: other weights leave their slope."""
    named = [call for call in swapped if call.label in finding.where or call.path in finding.where]
    flat = [call for call in named if call.activation in SIGMOIDS]
    return finding.code in NARROW and len(flat) > 1


def replacement(m: Measurements, where: Sequence[str]) -> str:
    """ReLU; SELU where layers are so narrow that all units of one may well start silent.

    A ReLU layer of n units is silent on a sample with a chance of 2^-n, and what lies behind
    learns nothing: Lu et al. (2020), section 3.
    """
    return _new([call for call in m.calls if call.call == 1 and call.path in where])


def _new(swapped: Sequence[LayerCall]) -> str:
    widths = [call.forward.units for call in swapped if call.forward is not None]
    return "selu" if sum(2.0**-units for units in widths) > MAY_DIE else "relu"


def _after(m: Measurements, call: LayerCall, new: str) -> str:
    if call.role == "activation":
        return layer_line(m, call, activation=f'"{new}"')
    started = f'"{fitting(new)}"'
    return layer_line(m, call, activation=f'"{new}"', kernel_initializer=started)


TREATMENT = Treatment(
    name="swap-activation",
    title="use ReLU in the hidden layers",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.ACTIVATION, Cause.INITIALIZER}),
    never=frozenset({"Z101", "N104"}),
)
