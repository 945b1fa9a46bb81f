"""Thirty layers of 64 units on digits: sigmoid starves the first layers, others reach them."""

from __future__ import annotations

from functools import partial

from gradmend.gallery._data import circles, digits
from gradmend.gallery._networks import CROSSENTROPY, mlp, optimizer
from gradmend.gallery._patient import ODD, SICK, Case, Patient
from gradmend.records import Cause

SOURCE = "Glorot & Bengio (2010), AISTATS; measured on 3 seeds: accuracy {}"


def build(seed: int, *, activation: str, initializer: str) -> Case:
    """Thirty hidden layers on standardised digits with Adam."""
    model = mlp(seed, depth=30, activation=activation, initializer=initializer)
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    return Case(model, *digits())


def build_circles(seed: int) -> Case:
    """Nine layers of five sigmoid units on two rings, the demo of a published repair tool."""
    model = mlp(seed, depth=9, activation="sigmoid", head="sigmoid", units=(2, 5, 1))
    model.compile(optimizer("adam", 1e-3), loss="binary_crossentropy")
    return Case(model, *circles())


PATIENTS = (
    Patient(
        name="sigmoid-30",
        title="30 sigmoid layers on digits",
        build=partial(build, activation="sigmoid", initializer="glorot_uniform"),
        verdicts=SICK,
        causes=frozenset({Cause.ACTIVATION}),
        source=SOURCE.format("0.06"),
    ),
    Patient(
        name="sigmoid-circles",
        title="9 sigmoid layers of 5 units on two rings",
        build=build_circles,
        verdicts=SICK,
        causes=frozenset({Cause.ACTIVATION}),
        source="the vanishing-gradient demo of AUTOTRAINER (2021); accuracy 0.50",
    ),
    Patient(
        name="relu-30",
        title="30 ReLU layers with he_normal",
        build=partial(build, activation="relu", initializer="he_normal"),
        source=SOURCE.format("0.92-0.97"),
    ),
    Patient(
        name="relu-30-glorot",
        title="30 ReLU layers with Keras' default weights",
        build=partial(build, activation="relu", initializer="glorot_uniform"),
        verdicts=ODD,
        source=SOURCE.format("0.79-0.95"),
    ),
    Patient(
        name="tanh-30",
        title="30 tanh layers with Keras' default weights",
        build=partial(build, activation="tanh", initializer="glorot_uniform"),
        source=SOURCE.format("0.93-0.96"),
    ),
    Patient(
        name="elu-30",
        title="30 ELU layers with he_normal",
        build=partial(build, activation="elu", initializer="he_normal"),
        source=SOURCE.format("0.94-0.97"),
    ),
    Patient(
        name="selu-30",
        title="30 SELU layers with lecun_normal",
        build=partial(build, activation="selu", initializer="lecun_normal"),
        source=SOURCE.format("0.92-0.96"),
    ),
)
