"""Pixels in 0..16 under a learning rate that is right for standardised ones."""

from __future__ import annotations

from functools import partial

from gradmend.gallery._data import digits, raw_digits
from gradmend.gallery._networks import CROSSENTROPY, mlp, optimizer
from gradmend.gallery._patient import ODD, SICK, Case, Patient
from gradmend.records import Cause

SOURCE = "LeCun et al. (1998), Efficient BackProp; measured on 2 seeds: accuracy {}"


def build(seed: int, *, rate: float, raw: bool) -> Case:
    """Five ReLU layers with he_normal and SGD."""
    model = mlp(seed, depth=5, activation="relu", initializer="he_normal")
    model.compile(optimizer("sgd", rate), loss=CROSSENTROPY)
    return Case(model, *(raw_digits() if raw else digits()))


PATIENTS = (
    Patient(
        name="raw-inputs",
        title="pixels in 0..16 with SGD 0.2",
        build=partial(build, rate=0.2, raw=True),
        verdicts=SICK,
        causes=frozenset({Cause.INPUT_SCALE}),
        source=SOURCE.format("0.09, NaN"),
    ),
    Patient(
        name="raw-inputs-slow",
        title="pixels in 0..16 with SGD 0.01",
        build=partial(build, rate=0.01, raw=True),
        verdicts=ODD,
        source=SOURCE.format("0.94-0.96"),
    ),
    Patient(
        name="standardised-inputs",
        title="standardised pixels with SGD 0.2",
        build=partial(build, rate=0.2, raw=False),
        source=SOURCE.format("0.97-0.98"),
    ),
)
