"""Programs from repositories, and the demonstrations of published repair tools."""

from __future__ import annotations

from gradmend.gallery._data import circles, normal
from gradmend.gallery._networks import CROSSENTROPY
from gradmend.gallery._program import Loss, Program
from gradmend.gallery.cases._case import RealCase
from gradmend.gallery.cases._parts import blobs, dense, large_digits
from gradmend.records import Cause


def _keypoints(seed: int) -> Program:
    import numpy as np

    x = abs(normal(0, 200, 576)).clip(0.0, 1.0)
    y = np.tanh((x - x.mean(0)) @ normal(1, 576, 30) * 0.05)
    return Program(
        seed=seed,
        model=dense(seed, 576, [50, 100], 30, None, None),
        x=x,
        y=y,
        truth=y,
        task="numbers",
        loss=Loss("mean_squared_error"),
        optimizer={"name": "adam", "learning_rate": 0.1},
        epochs=15,
    )


def _vanishing(seed: int) -> Program:
    x, y = circles(600)
    return Program(
        seed=seed,
        model=dense(seed, 2, [5] * 9, 1, "sigmoid", "sigmoid"),
        x=x,
        y=y.astype("float32"),
        truth=y,
        task="binary",
        loss=Loss("binary_crossentropy"),
        batch_size=128,
        epochs=30,
    )


def _dying(seed: int) -> Program:
    x, y = large_digits()
    return Program(
        seed=seed,
        model=dense(seed, 784, [128] * 34, 10, "relu", "softmax"),
        x=x,
        y=y,
        truth=y,
        task="classes",
        loss=Loss(CROSSENTROPY),
        epochs=6,
    )


def _oscillating(seed: int) -> Program:
    x, y = blobs()
    return Program(
        seed=seed,
        model=dense(seed, 2, [50], 3, "relu", "softmax"),
        x=x,
        y=y,
        truth=y,
        task="classes",
        loss=Loss(CROSSENTROPY),
        optimizer={"name": "sgd", "learning_rate": 0.01, "momentum": 0.9},
        batch_size=1,
        epochs=4,
    )


def _exponential(seed: int) -> Program:
    x, y = blobs()
    return Program(
        seed=seed,
        model=dense(seed, 2, [5] * 9, 3, "exponential", "softmax", kernel_initializer="he_uniform"),
        x=x,
        y=y,
        truth=y,
        task="classes",
        loss=Loss(CROSSENTROPY),
    )


DEMO = "a demonstration of AUTOTRAINER (Zhang et al. 2021, ICSE)"
CASES = (
    RealCase(
        name="keypoints",
        title="linear layers under Adam 0.1",
        source="a repository on facial keypoints",
        build=_keypoints,
        causes=frozenset({Cause.LEARNING_RATE}),
    ),
    RealCase(
        name="vanishing",
        title="nine sigmoid layers of five units",
        source=DEMO,
        build=_vanishing,
        causes=frozenset({Cause.ACTIVATION, Cause.DEPTH}),
    ),
    RealCase(
        name="dying",
        title="34 ReLU layers with Keras' default weights",
        source=DEMO,
        build=_dying,
        causes=frozenset({Cause.INITIALIZER, Cause.DEPTH}),
        seed_dependent=True,
    ),
    RealCase(
        name="oscillating",
        title="one row a step with momentum",
        source=DEMO,
        build=_oscillating,
        causes=frozenset({Cause.LEARNING_RATE}),
        seed_dependent=True,
    ),
    RealCase(
        name="exponential",
        title="nine exponential layers",
        source=DEMO,
        build=_exponential,
        causes=frozenset({Cause.ACTIVATION}),
    ),
)
