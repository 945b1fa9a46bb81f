"""Batches out of every form of data."""

from __future__ import annotations

import random
from typing import Any

import keras
import numpy as np
import pytest

import gradmend
from gradmend.measure import measure
from gradmend.measure.batch import batches_of, fixed_batch_size
from tests.measure.data_kinds import KINDS, rows


def plain(tensor: Any) -> Any:
    return np.asarray(keras.ops.convert_to_numpy(tensor))


@pytest.mark.parametrize("kind", KINDS)
def test_the_rows_are_those_given(kind: str) -> None:
    arguments, size = KINDS[kind]()
    batch = next(batches_of(*arguments))
    x, y = rows()
    assert batch.size == size
    assert keras.backend.standardize_dtype(batch.x.dtype) == "float32"
    row_of = {row.tobytes(): label for row, label in zip(x, y, strict=True)}
    for row, label in zip(plain(batch.x), plain(batch.y).reshape(-1), strict=True):
        assert row_of[row.tobytes()] == label
    assert (batch.sample_weight is not None) == ("weight" in kind)


def test_labels_in_order_are_all_seen() -> None:
    y = np.repeat(np.arange(10), 1000)
    batch = next(batches_of(np.arange(10_000.0)[:, None], y))
    assert batch.size == 256
    assert set(plain(batch.y)) == set(range(10))
    assert np.all(np.diff(plain(batch.x)[:, 0]) > 0)


def test_further_batches_show_further_rows() -> None:
    x = np.arange(100.0)[:, None]
    stream = batches_of(x, x, batch_size=10)
    first, second = (set(plain(next(stream).x)[:, 0]) for _ in range(2))
    assert len(first) == len(second) == 10
    assert len(first & second) <= 1  # the last row wraps round


def test_structures_are_kept() -> None:
    x = {"a": np.ones((4, 2)), "b": [np.ones((4, 1)), np.ones((4, 3), "int32")]}
    batch = next(batches_of(x, (np.ones(4), np.ones(4))))
    assert keras.tree.map_structure(lambda t: tuple(t.shape), batch.x) == {
        "a": (4, 2),
        "b": [(4, 1), (4, 3)],
    }
    assert "int" in keras.backend.standardize_dtype(batch.x["b"][1].dtype)


def test_a_generator_that_draws_goes_on_drawing_but_not_from_the_user() -> None:
    def drawing() -> Any:
        while True:
            yield np.full((2, 1), random.gauss()), np.full(2, np.random.normal())

    before = random.getstate(), str(np.random.get_state())
    stream = batches_of(drawing())
    first, second = next(stream), next(stream)
    assert (random.getstate(), str(np.random.get_state())) == before
    assert plain(first.x)[0, 0] != plain(second.x)[0, 0]


def test_a_model_built_for_four_rows_is_measured_on_four() -> None:
    inputs = keras.Input(batch_shape=(4, 6, 1))
    state = keras.layers.SimpleRNN(3, stateful=True)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(state))
    model.compile("sgd", "mse")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 6, 1)), rng.normal(size=(20, 1))
    assert fixed_batch_size(model) == measure(model, x, y).batch_size == 4
    assert gradmend.check(model, x, y, batch_size=10).measurements.batch_size == 4


def test_most_models_take_any_number_of_rows() -> None:
    assert fixed_batch_size(keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])) is None
    assert fixed_batch_size(keras.Sequential([keras.layers.Dense(1)])) is None
