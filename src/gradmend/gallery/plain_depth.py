"""Fifty ReLU layers on digits: plain, with naive identities, and with sound ones."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import digits
from gradmend.gallery._networks import CROSSENTROPY, mlp, optimizer, seeded
from gradmend.gallery._patient import SICK, Case, Patient
from gradmend.records import Cause

SOURCE = "He et al. (2016), ECCV; Zhang et al. (2019), ICLR; measured: accuracy {}"


def build_plain(seed: int) -> Case:
    """Fifty ReLU layers in Keras' defaults."""
    model = mlp(seed, depth=50, activation="relu")
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    return Case(model, *digits())


def build_blocks(seed: int, *, blocks: int, kind: str) -> Case:
    """Identity blocks of one of three kinds: naive, written with +, zero-started, pre-norm."""
    keras = seeded(seed)
    add_block = {
        "naive": _naive,
        "operator": _operator,
        "zero": _zero_started,
        "norm": _normalized,
    }[kind]
    inputs = x = keras.Input((64,))
    for _ in range(blocks):
        x = add_block(keras.layers, x)
    if kind == "norm":  # or the sum of all branches arrives as logits in the tens
        x = keras.layers.LayerNormalization()(x)
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(x))
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    return Case(model, *digits())


def _naive(layers: Any, x: Any) -> Any:
    return layers.Add()([x, layers.Dense(64, activation="relu")(x)])


def _operator(layers: Any, x: Any) -> Any:
    return x + layers.Dense(64, activation="relu")(x)


def _zero_started(layers: Any, x: Any) -> Any:
    branch = layers.Dense(64, activation="relu", kernel_initializer="he_normal")(x)
    return layers.Add()([x, layers.Dense(64, kernel_initializer="zeros")(branch)])


def _normalized(layers: Any, x: Any) -> Any:
    branch = layers.Dense(64, activation="relu")(layers.LayerNormalization()(x))
    return layers.Add()([x, branch])


PATIENTS = (
    Patient(
        name="plain-50",
        title="50 ReLU layers with Keras' default weights",
        build=build_plain,
        verdicts=SICK,
        causes=frozenset({Cause.DEPTH, Cause.INITIALIZER}),
        source=SOURCE.format("0.06"),
    ),
    Patient(
        name="naive-identity-50",
        title="50 blocks x + relu(Dense(x)) without normalization",
        build=partial(build_blocks, blocks=50, kind="naive"),
        verdicts=SICK,
        causes=frozenset({Cause.DEPTH, Cause.NORMALIZATION}),
        source=SOURCE.format("0.39, loss at the start 1e8"),
    ),
    Patient(
        name="naive-identity-50-operator",
        title="the same blocks, the sum written with +",
        build=partial(build_blocks, blocks=50, kind="operator"),
        verdicts=SICK,
        causes=frozenset({Cause.DEPTH, Cause.NORMALIZATION}),
        source=SOURCE.format("0.39, loss at the start 1e8"),
    ),
    Patient(
        name="zero-identity-30",
        title="30 identity blocks whose branches start at zero",
        build=partial(build_blocks, blocks=30, kind="zero"),
        source=SOURCE.format("0.95-0.97"),
    ),
    Patient(
        name="norm-identity-20",
        title="20 identity blocks with the normalization inside the branch",
        build=partial(build_blocks, blocks=20, kind="norm"),
        source=SOURCE.format("0.96"),
    ),
)
