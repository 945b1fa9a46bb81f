"""After a measurement everything is bit for bit what it was, whatever the model and the end."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from gradmend.errors import DataError, MeasurementError
from gradmend.measure import measure
from gradmend.measure.batch import batches_of
from gradmend.measure.instrument import Instrument
from tests.behaviour.models import CASES, sequential
from tests.measure.data_kinds import KINDS
from tests.measure.untouched import state_of

# The rest ends in the same tensors, so that reading it is all that differs.
DRAWING = {"arrays_with_weights", "tensorflow_dataset", "torch_loader", "generator", "py_dataset"}
UNBUILT = {"sequential_without_input", "subclassed", "own_compute_loss", "own_train_step"}


@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_model(name: str) -> None:
    model, x, y = CASES[name]()
    if name in UNBUILT:
        model(x)
    before = state_of(model)
    instrument = Instrument(model, next(batches_of(x, y)))
    instrument.look()
    instrument.rehearse(2)
    assert state_of(model) == before


def test_a_model_in_the_middle_of_its_training() -> None:
    model, x, y = CASES["accumulating"]()
    model.fit(x, y, epochs=2, batch_size=4, verbose=0)
    before = state_of(model)
    assert before["optimizer"]
    measure(model, x, y)
    assert state_of(model) == before


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_data(kind: str) -> None:
    model = keras.Sequential([keras.Input((6,)), layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    arguments, rows = KINDS[kind]()
    before = state_of(model)
    if kind in DRAWING:
        assert measure(model, *arguments).batch_size == rows
    else:
        assert next(batches_of(*arguments)).size == rows
    assert state_of(model) == before


def test_the_comparison_sees_a_step() -> None:
    model, x, y = sequential()
    before = state_of(model)
    model.train_on_batch(x, y)
    changed = {key for key, value in state_of(model).items() if value != before[key]}
    assert {"variables", "optimizer", "layers"} <= changed


class Raising(layers.Layer):
    """Raises what it is told to while it trains, and draws before that."""

    def __init__(self, error: type[BaseException]) -> None:
        super().__init__()
        self.error: type[BaseException] | None = None
        self.later = error

    def call(self, x: Any) -> Any:
        if self.error is not None:
            np.random.normal()
            raise self.error("on purpose")
        return x


def raising(error: type[BaseException]) -> tuple[keras.Model, Any, Any]:
    layer = Raising(error)
    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(4, "relu"), layers.Dropout(0.5), layer, layers.Dense(3)]
    )
    model.compile("adam", "mse")
    layer.error = error
    return model, np.ones((4, 6)), np.ones((4, 3))


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (RuntimeError, MeasurementError),
        (ValueError, DataError),
        (KeyboardInterrupt, KeyboardInterrupt),
    ],
)
def test_a_layer_that_raises(error: type[BaseException], seen: type[BaseException]) -> None:
    model, x, y = raising(error)
    before = state_of(model)
    with pytest.raises(seen, match="on purpose"):
        measure(model, x, y)
    assert state_of(model) == before


def test_a_loss_that_raises() -> None:
    def loss(y: Any, prediction: Any) -> Any:
        raise RuntimeError("no loss today")

    model, x, y = sequential()
    model.compile("adam", loss)
    before = state_of(model)
    with pytest.raises(MeasurementError, match="no loss today"):
        measure(model, x, y)
    assert state_of(model) == before


def test_training_afterwards_is_the_training_without() -> None:
    alone, attended = (trained("accumulating", first=first) for first in (False, True))
    for one, other in zip(alone, attended, strict=True):
        np.testing.assert_array_equal(one, other)


def trained(name: str, *, first: bool) -> list[Any]:
    keras.utils.set_random_seed(5)
    model, x, y = CASES[name]()
    if first:
        measure(model, x, y)
    model.fit(x, y, epochs=2, batch_size=4, verbose=0)
    return [*model.get_weights(), np.random.normal()]
