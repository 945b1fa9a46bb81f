"""The data and the plain networks that the cases share."""

from __future__ import annotations

from typing import Any

from gradmend.gallery._data import raw_digits
from gradmend.gallery._networks import seeded

ROWS = 500


def large_digits() -> tuple[Any, Any]:
    """Digits of 28x28 pixels in 0..1, flat, and their classes."""
    x, y = raw_digits()
    pictures = (x / 16.0).reshape(-1, 8, 8).repeat(4, 1).repeat(4, 2)[:, 2:30, 2:30]
    return pictures.reshape(len(x), -1).astype("float32")[:ROWS], y[:ROWS]


def one_hot(y: Any, classes: int = 10) -> Any:
    """Classes as rows of 0 and 1."""
    import numpy as np

    return np.eye(classes, dtype="float32")[y]


def blobs() -> tuple[Any, Any]:
    """Three clouds of points in the plane, overlapping a little."""
    from sklearn.datasets import make_blobs

    x, y = make_blobs(400, centers=3, cluster_std=2.0, random_state=2)
    return x.astype("float32"), y


def dense(
    seed: int,
    inputs: int,
    hidden: list[int],
    outputs: int,
    activation: Any,
    head: Any,
    **start: Any,
) -> Any:
    """A stack of dense layers; `start` is given to each of them."""
    keras = seeded(seed)
    model = keras.Sequential([keras.Input((inputs,))])
    for i, units in enumerate(hidden, 1):
        model.add(keras.layers.Dense(units, activation, name=f"hidden_{i}", **_fresh(start)))
    model.add(keras.layers.Dense(outputs, head, name="head", **_fresh(start)))
    return model


def _fresh(start: dict[str, Any]) -> dict[str, Any]:
    import keras

    return {
        name: keras.initializers.get(value) if isinstance(value, dict) else value
        for name, value in start.items()
    }
