"""Models that have learned, or of which a part stands still on purpose."""

from __future__ import annotations

from typing import Any

from gradmend.gallery._data import digits, images
from gradmend.gallery._networks import CROSSENTROPY, mlp, optimizer, seeded
from gradmend.gallery._patient import Case, Patient


def build_converged(seed: int) -> Case:
    """A small network trained until the loss of its data is all but zero."""
    model = mlp(seed, depth=2, activation="relu")
    model.compile(optimizer("adam", 5e-3), loss=CROSSENTROPY)
    x, y = digits()
    model.fit(x[:512], y[:512], batch_size=64, epochs=20, verbose=0)
    return Case(model, x[:512], y[:512])


def build_zero_head(seed: int) -> Case:
    """A head that starts at zero: at the first step nothing behind it has a gradient."""
    keras = seeded(seed)
    model = mlp(seed, depth=3, activation="relu", initializer="he_normal")
    model.pop()
    model.add(keras.layers.Dense(10, activation="softmax", kernel_initializer="zeros"))
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    return Case(model, *digits())


def build_frozen(seed: int) -> Case:
    """A backbone that is not trained, and a head that is."""
    keras = seeded(seed)
    backbone = keras.Sequential(_convolutions(keras), name="backbone")
    backbone.trainable = False
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), backbone, keras.layers.Dense(10, activation="softmax")]
    )
    model.compile(optimizer("adam", 1e-2), loss=CROSSENTROPY)
    return Case(model, *images())


def _convolutions(keras: Any) -> list[Any]:
    return [
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(16, 3, activation="relu"),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.Flatten(),
    ]


PATIENTS = (
    Patient(
        name="converged",
        title="a network that has learned: all gradients are small",
        build=build_converged,
        source="trained by the builder to a loss near 0",
    ),
    Patient(
        name="zero-head",
        title="a head that starts at zero",
        build=build_zero_head,
        source="gradients reach the first layers after one step",
    ),
    Patient(
        name="frozen-backbone",
        title="a frozen backbone under a trained head",
        build=build_frozen,
        source="Keras guide on transfer learning",
    ),
)
