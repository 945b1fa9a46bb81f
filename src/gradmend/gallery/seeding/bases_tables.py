"""Healthy programs on tables of numbers."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import circles, digits, friedman, iris, moons, normal, table
from gradmend.gallery._networks import CROSSENTROPY, seeded
from gradmend.gallery._program import Loss, Program
from gradmend.gallery.seeding._base import Base

ROWS = 600


def _dense(
    seed: int, inputs: int, hidden: list[int], outputs: int, activation: str, head: str | None
) -> Any:
    keras = seeded(seed)
    start = "he_normal" if activation == "relu" else "glorot_uniform"
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            *(
                keras.layers.Dense(n, activation, kernel_initializer=start, name=f"hidden_{i}")
                for i, n in enumerate(hidden, 1)
            ),
            keras.layers.Dense(outputs, head, name="head"),
        ]
    )


def _digits(
    seed: int, *, depth: int = 2, activation: str = "relu", logits: bool = False
) -> Program:
    x, y = digits()
    return Program(
        seed=seed,
        model=_dense(seed, 64, [32] * depth, 10, activation, None if logits else "softmax"),
        x=x[:ROWS],
        y=y[:ROWS],
        truth=y[:ROWS],
        task="classes",
        loss=Loss(CROSSENTROPY, from_logits=logits),
    )


def _one_hot(seed: int) -> Program:
    import numpy as np

    x, y = table("wine")
    return Program(
        seed=seed,
        model=_dense(seed, 13, [32, 16], 3, "relu", "softmax"),
        x=x,
        y=np.eye(3, dtype="float32")[y],
        truth=y,
        task="classes",
        loss=Loss("categorical_crossentropy"),
        optimizer={"name": "rmsprop", "learning_rate": 1e-3},
        batch_size=16,
        epochs=12,
    )


def _iris(seed: int) -> Program:
    x, y = iris()
    return Program(
        seed=seed,
        model=_dense(seed, 4, [16, 16], 3, "tanh", "softmax"),
        x=x,
        y=y,
        truth=y,
        task="classes",
        loss=Loss(CROSSENTROPY),
        optimizer={"name": "sgd", "learning_rate": 0.1},
        batch_size=16,
        epochs=15,
    )


def _cancer(seed: int) -> Program:
    x, y = table("breast_cancer", rows=400)
    return Program(
        seed=seed,
        model=_dense(seed, 30, [32, 16], 1, "relu", "sigmoid"),
        x=x,
        y=y.astype("float32"),
        truth=y,
        task="binary",
        loss=Loss("binary_crossentropy"),
    )


def _bent(seed: int, *, shape: str) -> Program:
    x, y = circles(400, noise=0.05) if shape == "circles" else moons()
    return Program(
        seed=seed,
        model=_dense(seed, 2, [32, 32], 1, "tanh" if shape == "circles" else "relu", "sigmoid"),
        x=(x / x.std(0)).astype("float32"),
        y=y.astype("float32"),
        truth=y,
        task="binary",
        loss=Loss("binary_crossentropy"),
        optimizer={"name": "adam", "learning_rate": 0.01},
        epochs=30,
    )


def _diabetes(seed: int) -> Program:
    x, y = table("diabetes")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]
    return Program(
        seed=seed,
        model=_dense(seed, 10, [32, 16], 1, "relu", None),
        x=x,
        y=y,
        truth=y,
        task="numbers",
        loss=Loss("mean_squared_error"),
        optimizer={"name": "adam", "learning_rate": 3e-3},
        epochs=12,
    )


def _friedman(seed: int) -> Program:
    x, y = friedman()
    return Program(
        seed=seed,
        model=_dense(seed, 10, [32, 32], 1, "tanh", None),
        x=x,
        y=y,
        truth=y,
        task="numbers",
        loss=Loss("mean_squared_error"),
        optimizer={"name": "sgd", "learning_rate": 0.02, "momentum": 0.9},
        batch_size=16,
        epochs=15,
    )


def _linear(seed: int) -> Program:
    x = normal(0, 400, 8)
    y = (x @ normal(1, 8, 1) / 3.0 + 0.1 * normal(2, 400, 1)).astype("float32")
    return Program(
        seed=seed,
        model=_dense(seed, 8, [24, 24], 1, "relu", None),
        x=x,
        y=y,
        truth=y,
        task="numbers",
        loss=Loss("mean_absolute_error"),
        optimizer={"name": "rmsprop", "learning_rate": 2e-3},
        epochs=12,
    )


def _several_labels(seed: int) -> Program:
    x = normal(0, 400, 12)
    y = (x @ normal(1, 12, 5) > 0.0).astype("float32")
    return Program(
        seed=seed,
        model=_dense(seed, 12, [32, 32], 5, "relu", "sigmoid"),
        x=x,
        y=y,
        truth=y,
        task="labels",
        loss=Loss("binary_crossentropy"),
        optimizer={"name": "nadam", "learning_rate": 2e-3},
        epochs=12,
    )


def _autoencoder(seed: int) -> Program:
    x, _ = digits()
    x = (abs(x).clip(0.0, 4.0) / 4.0)[:ROWS]
    return Program(
        seed=seed,
        model=_dense(seed, 64, [32, 16, 32], 64, "relu", "sigmoid"),
        x=x,
        y=x,
        truth=x,
        task="numbers",
        loss=Loss("mean_squared_error"),
        optimizer={"name": "adam", "learning_rate": 5e-3},
        epochs=15,
    )


BASES = (
    Base(name="digits", title="2 ReLU layers on digits", build=_digits),
    Base(
        name="digits-logits",
        title="2 ReLU layers on digits, logits in the loss",
        build=partial(_digits, logits=True),
    ),
    Base(
        name="digits-deep",
        title="10 ReLU layers with he_normal on digits",
        build=partial(_digits, depth=10),
    ),
    Base(
        name="digits-tanh",
        title="6 tanh layers on digits",
        build=partial(_digits, depth=6, activation="tanh"),
    ),
    Base(name="wine", title="2 ReLU layers on wine, one-hot classes, RMSprop", build=_one_hot),
    Base(name="iris", title="2 tanh layers on iris, SGD", build=_iris),
    Base(name="cancer", title="a yes or no on breast cancer data", build=_cancer),
    Base(name="circles", title="two rings, tanh", build=partial(_bent, shape="circles")),
    Base(name="moons", title="two half moons, ReLU", build=partial(_bent, shape="moons")),
    Base(name="diabetes", title="a regression on diabetes data", build=_diabetes),
    Base(name="friedman", title="a bent function, tanh, SGD with momentum", build=_friedman),
    Base(name="linear", title="a linear function, ReLU, absolute error, RMSprop", build=_linear),
    Base(name="several-labels", title="five yes or no per row, Nadam", build=_several_labels),
    Base(name="autoencoder", title="digits through 16 numbers and back", build=_autoencoder),
)
