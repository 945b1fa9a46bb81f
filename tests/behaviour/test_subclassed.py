"""Subclassed models are mended too: without rebuilding, or around the layers they call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from gradmend import ModelError
from gradmend.measure import measure
from gradmend.records import Grade, Prescription
from gradmend.treatments.surgery import Material, copy_of, operate
from gradmend.treatments.surgery.graph import graph_of

X = np.random.default_rng(0).normal(size=(64, 6)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")


class Net(keras.Model):
    """As written by most: layers in __init__, a loop in call, no get_config."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden = [layers.Dense(6, "sigmoid", bias_initializer="ones") for _ in range(2)]
        self.drop = layers.Dropout(0.5)
        self.head = layers.Dense(1, "sigmoid")

    def call(self, inputs: Any, training: bool = False) -> Any:
        for layer in self.hidden:
            inputs = layer(inputs)
        return self.head(self.drop(inputs, training=training))


class OwnWeight(Net):
    def build(self, shape: Any) -> None:
        self.scale = self.add_weight(shape=(), initializer="ones", name="scale")
        super().build(shape)

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.scale * super().call(inputs, training=training)


class OwnStep(Net):
    def train_step(self, *args: Any) -> Any:
        return super().train_step(*args)


def built(kind: type[Net] = Net) -> Net:
    model = kind()
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", run_eagerly=True)
    model(X)
    return model


def operated(model: Net, treatment: str) -> Any:
    where = tuple(layer.name for layer in model.hidden)
    prescription = Prescription(
        treatment=treatment, title="", grade=Grade.CHANGES_FUNCTION, answers="", where=where,
        before=("x = Dense(6)(x)",),
    )  # fmt: skip
    return operate(model, prescription, Material(measurements=measure(model, X, Y), x=X, y=Y))


def test_a_copy_has_the_names_of_the_original() -> None:
    model = built()
    names = [layer.name for layer in model._flatten_layers()]
    assert [layer.name for layer in copy_of(model, X)._flatten_layers()] == names


def test_weights_are_treated_without_rebuilding() -> None:
    model = built()
    new = operated(model, "reset-bias")
    assert type(new) is Net
    assert not any(np.any(keras.ops.convert_to_numpy(layer.bias)) for layer in new.hidden)
    assert all(np.all(keras.ops.convert_to_numpy(layer.bias) == 1.0) for layer in model.hidden)


def test_layers_are_put_in_around_those_that_call_uses(tmp_path: Path) -> None:
    model = built()
    new = operated(model, "add-normalization")
    assert graph_of(new) is not None
    kinds = [type(layer).__name__ for layer in new.layers]
    assert kinds.count("BatchNormalization") + kinds.count("LayerNormalization") == 2
    new.fit(X, Y, batch_size=32, verbose=0)
    new.save(tmp_path / "mended.keras")
    loaded = keras.saving.load_model(tmp_path / "mended.keras")  # without the class
    ours, theirs = (keras.ops.convert_to_numpy(m(X, training=False)) for m in (new, loaded))
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_dropout_works_in_training_alone_as_before() -> None:
    new = operated(built(), "swap-activation")
    still, still_again = (keras.ops.convert_to_numpy(new(X, training=False)) for _ in range(2))
    np.testing.assert_array_equal(still, still_again)
    assert np.any(keras.ops.convert_to_numpy(new(X, training=True)) != still)


@pytest.mark.parametrize("kind", [OwnWeight, OwnStep])
def test_what_cannot_be_followed_is_told_with_what_to_write(kind: type[Net]) -> None:
    model = built(kind)
    with pytest.raises(ModelError, match="layers cannot be put into") as told:
        operated(model, "add-normalization")
    assert "write the lines of the prescription into the class" in str(told.value)
    assert type(operated(model, "swap-activation")) is kind
