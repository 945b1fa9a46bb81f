"""Models of the user's own class are made again as the user made them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from gradmend import ModelError
from gradmend.treatments.surgery import copy_of
from gradmend.treatments.surgery.constructing import remember

X = np.random.default_rng(0).normal(size=(8, 6)).astype("float32")


class Net(keras.Model):
    """What it was made with is kept under its own name, as most write it."""

    def __init__(self, units: int, rate: float = 0.0) -> None:
        super().__init__()
        self.units, self._rate = units, rate
        self.hidden = layers.Dense(units, "relu")
        self.drop = layers.Dropout(rate)
        self.head = layers.Dense(1)

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.head(self.drop(self.hidden(inputs), training=training))


class Forgetful(keras.Model):
    """Nothing is kept of what it was made with."""

    def __init__(self, encoder: keras.Model, sizes: list[int]) -> None:
        super().__init__()
        self.parts = [encoder, *(layers.Dense(size) for size in sizes)]

    def call(self, inputs: Any) -> Any:
        for part in self.parts:
            inputs = part(inputs)
        return inputs


class Renamed(keras.Model):
    """What is kept under the name of an argument is another thing."""

    def __init__(this, hidden: int = 16) -> None:  # noqa: N805  # nobody must call it self
        super().__init__()
        this.hidden, this.head = layers.Dense(hidden, "relu"), layers.Dense(1)

    def call(self, inputs: Any) -> Any:
        return self.head(self.hidden(inputs))


def test_a_layer_under_the_name_of_its_units_is_no_argument() -> None:
    model = Renamed()
    before = answers(model)
    np.testing.assert_array_equal(answers(copy_of(model, X)), before)


class Mixed(layers.Layer):
    """A layer that holds a matrix, which no configuration can."""

    def __init__(self, matrix: Any) -> None:
        super().__init__()
        self.matrix = matrix

    def call(self, inputs: Any) -> Any:
        return ops.matmul(inputs, ops.convert_to_tensor(self.matrix))


def answers(model: keras.Model) -> Any:
    return ops.convert_to_numpy(model(X))


def test_arguments_are_found_under_their_own_names() -> None:
    model = Net(5, rate=0.25)
    before = answers(model)
    new = copy_of(model, X)
    np.testing.assert_array_equal(answers(new), before)
    assert (new.hidden.units, new.drop.rate) == (5, 0.25)
    assert new.hidden is not model.hidden


def test_remembered_arguments_are_used_and_models_among_them_copied() -> None:
    encoder = keras.Sequential([keras.Input((6,)), layers.Dense(4, name="inner")])
    model = Forgetful(encoder, [3, 2])
    before = answers(model)
    with pytest.raises(ModelError, match="cannot be made a second time"):
        copy_of(model, X)
    remember(model, (encoder, [3, 2]), {})
    new = copy_of(copy_of(model, X), X)
    np.testing.assert_array_equal(answers(new), before)
    new.set_weights([np.zeros_like(w) for w in new.get_weights()])
    np.testing.assert_array_equal(answers(model), before)


def test_a_layer_without_a_configuration_inside_a_functional_model() -> None:
    inputs = keras.Input((6,))
    model = keras.Model(inputs, layers.Dense(2)(Mixed(np.eye(6, dtype="float32"))(inputs)))
    new = copy_of(model)
    np.testing.assert_array_equal(answers(new), answers(model))
    assert new.layers[1] is not model.layers[1]


class Constant(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule that says nothing of itself."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, step: Any) -> float:
        return self.rate


class Half(Mixed):
    """Its configuration forgets what it was made with."""

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}


def test_a_configuration_that_forgets_an_argument() -> None:
    inputs = keras.Input((6,))
    model = keras.Model(inputs, layers.Dense(2)(Half(np.eye(6, dtype="float32"))(inputs)))
    model.compile(keras.optimizers.SGD(Constant(0.1)), "mse")
    np.testing.assert_array_equal(answers(copy_of(model)), answers(model))
    assert model.compiled
