"""Ten tanh layers: weights from N(0, 1) saturate them and make gradients explode."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import digits
from gradmend.gallery._networks import CROSSENTROPY, drawn, mlp, optimizer
from gradmend.gallery._patient import SICK, Case, Patient
from gradmend.records import Cause

WIDE = drawn("RandomNormal", stddev=1.0)
SOURCE = "Poole et al. (2016), NeurIPS; measured on 2 seeds: accuracy {}"


def build(seed: int, *, name: str, rate: float, initializer: Any = "glorot_uniform") -> Case:
    """Ten tanh layers of 64 units on standardised digits."""
    model = mlp(seed, depth=10, activation="tanh", initializer=initializer)
    model.compile(optimizer(name, rate), loss=CROSSENTROPY)
    return Case(model, *digits())


PATIENTS = (
    Patient(
        name="wide-tanh-sgd",
        title="10 tanh layers with weights from N(0, 1), SGD",
        build=partial(build, name="sgd", rate=0.01, initializer=WIDE),
        verdicts=SICK,
        causes=frozenset({Cause.INITIALIZER}),
        source=SOURCE.format("0.10-0.16"),
    ),
    Patient(
        name="wide-tanh-adam",
        title="10 tanh layers with weights from N(0, 1), Adam",
        build=partial(build, name="adam", rate=1e-3, initializer=WIDE),
        verdicts=SICK,
        causes=frozenset({Cause.INITIALIZER}),
        source=SOURCE.format("0.18"),
    ),
    Patient(
        name="tanh-10",
        title="10 tanh layers with Keras' default weights",
        build=partial(build, name="sgd", rate=0.01),
        source=SOURCE.format("0.92-0.94"),
    ),
)
