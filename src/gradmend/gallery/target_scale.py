"""A regression whose targets are in the hundreds: the first step throws the weights away."""

from __future__ import annotations

from functools import partial

from gradmend.gallery._data import regression
from gradmend.gallery._networks import mlp, optimizer
from gradmend.gallery._patient import SICK, Case, Patient
from gradmend.records import Cause

SOURCE = "LeCun et al. (1998), Efficient BackProp; measured on 2 seeds: {}"


def build(seed: int, *, scale: float) -> Case:
    """Two ReLU layers, a linear unit, SGD 0.01."""
    model = mlp(seed, depth=2, activation="relu", head=None, units=(64, 64, 1))
    model.compile(optimizer("sgd", 0.01), loss="mse")
    return Case(model, *regression(seed, scale=scale))


PATIENTS = (
    Patient(
        name="large-targets",
        title="targets times 1000 with SGD 0.01",
        build=partial(build, scale=1000.0),
        verdicts=SICK,
        causes=frozenset({Cause.TARGET_SCALE}),
        source=SOURCE.format("NaN"),
    ),
    Patient(
        name="regression",
        title="the same regression with targets of size 1",
        build=partial(build, scale=1.0),
        source=SOURCE.format("R2 0.91-0.92"),
    ),
)
