"""Five ReLU layers whose biases start at -3: no unit fires, and no gradient comes back."""

from __future__ import annotations

from functools import partial

from gradmend.gallery._data import digits
from gradmend.gallery._networks import CROSSENTROPY, drawn, mlp, optimizer
from gradmend.gallery._patient import SICK, Case, Patient
from gradmend.records import Cause

SOURCE = "Lu et al. (2019), arXiv:1903.06733; measured on 2 seeds: accuracy {}"


def build(seed: int, *, bias: float) -> Case:
    """Five ReLU layers on standardised digits, SGD 0.05."""
    model = mlp(
        seed,
        depth=5,
        activation="relu",
        initializer="he_normal",
        bias=drawn("Constant", value=bias),
    )
    model.compile(optimizer("sgd", 0.05), loss=CROSSENTROPY)
    return Case(model, *digits())


PATIENTS = (
    Patient(
        name="dead-by-bias",
        title="5 ReLU layers with biases at -3",
        build=partial(build, bias=-3.0),
        verdicts=SICK,
        causes=frozenset({Cause.BIAS}),
        source=SOURCE.format("0.06"),
    ),
    Patient(
        name="relu-5",
        title="5 ReLU layers with biases at 0",
        build=partial(build, bias=0.0),
        source=SOURCE.format("0.96-0.98"),
    ),
)
