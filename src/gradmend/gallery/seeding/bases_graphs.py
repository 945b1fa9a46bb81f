"""Healthy programs whose model is a graph, or code of its own."""

from __future__ import annotations

from gradmend.gallery._data import digits
from gradmend.gallery._networks import CROSSENTROPY, seeded
from gradmend.gallery._program import Loss, Program
from gradmend.gallery.seeding._base import Base

ROWS = 600


def _two_outputs(seed: int) -> Program:
    """The two halves of a digit come in; which digit, and how much ink, go out."""
    keras = seeded(seed)
    layers = keras.layers
    upper, lower = keras.Input((32,), name="upper"), keras.Input((32,), name="lower")
    left = layers.Dense(24, "relu", name="hidden_upper")(upper)
    right = layers.Dense(24, "relu", name="hidden_lower")(lower)
    trunk = layers.Dense(24, "relu", name="trunk")(layers.Concatenate()([left, right]))
    model = keras.Model(
        {"upper": upper, "lower": lower},
        {
            "digit": layers.Dense(10, "softmax", name="head_digit")(trunk),
            "ink": layers.Dense(1, name="head_ink")(trunk),
        },
    )
    x, y = digits()
    x, y = x[:ROWS], y[:ROWS]
    ink = x.mean(1, keepdims=True) / x.mean(1).std()
    targets = {"digit": y, "ink": ink}
    return Program(
        seed=seed,
        model=model,
        x={"upper": x[:, :32], "lower": x[:, 32:]},
        y=targets,
        truth=targets,
        task={"digit": "classes", "ink": "numbers"},
        loss={"digit": Loss(CROSSENTROPY), "ink": Loss("mean_squared_error")},
        optimizer={"name": "adam", "learning_rate": 3e-3},
        epochs=10,
    )


def _subclassed(seed: int) -> Program:
    """Three layers called by a class of the user's own."""
    keras = seeded(seed)
    layers = keras.layers

    class Network(keras.Model):  # type: ignore[misc, name-defined]  # Keras ships no types
        def __init__(self) -> None:
            super().__init__()
            self.first = layers.Dense(32, "relu", name="hidden_1")
            self.second = layers.Dense(32, "relu", name="hidden_2")
            self.head = layers.Dense(10, "softmax", name="head")

        def call(self, x: object) -> object:
            return self.head(self.second(self.first(x)))

    model = Network()
    x, y = digits()
    model.build((None, 64))
    return Program(
        seed=seed,
        model=model,
        x=x[:ROWS],
        y=y[:ROWS],
        truth=y[:ROWS],
        task="classes",
        loss=Loss(CROSSENTROPY),
    )


BASES = (
    Base(name="two-outputs", title="two inputs, two outputs", build=_two_outputs),
    Base(name="subclassed", title="a subclassed model on digits", build=_subclassed),
)
