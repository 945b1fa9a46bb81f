"""An embedding beside inputs that are fractions is healthy, if it looks up other numbers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from gradmend import check

X = np.random.default_rng(0).uniform(size=(128, 12, 6)).astype("float32")
Y = (X[:, 0, :1] > 0.5).astype("float32")


class Positions(layers.Layer):
    """As a vision transformer adds them to its patches."""

    def __init__(self) -> None:
        super().__init__()
        self.table = layers.Embedding(12, 6)

    def call(self, inputs: Any) -> Any:
        return inputs + self.table(ops.arange(12))


def positioned(inputs: Any) -> Any:
    """A layer of its own for each model."""
    return Positions()(inputs)


def boxed(inputs: Any) -> Any:
    """Numbers put into ten boxes by an operation, and looked up."""
    return layers.Embedding(10, 4)(ops.cast(ops.floor(inputs * 10.0), "int32"))


def scaled(inputs: Any) -> Any:
    """Numbers looked up as they are."""
    return layers.Embedding(10, 4)(inputs)


@pytest.mark.parametrize(
    ("look", "sick"), [(positioned, False), (boxed, False), (scaled, True)],
    ids=["positions", "boxes", "fractions"],
)  # fmt: skip
def test_only_fractions_that_are_looked_up_are_sick(look: Any, sick: bool) -> None:
    keras.utils.set_random_seed(0)
    inputs = keras.Input(X.shape[1:])
    outputs = layers.Dense(1, "sigmoid")(layers.Flatten()(look(inputs)))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "binary_crossentropy")
    found = check(model, X, Y)
    assert ("D107" in {finding.code for finding in found.findings}) is sick
    assert (found.verdict.value == "healthy") is not sick
