"""The share that rounding decides, against closed forms."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from gradmend.measure.rounding import ROWS, rounding_share


def seconds(start: float, apart: float) -> Any:
    return (start + apart * np.arange(ROWS, dtype="float64"))[:, None]


def of(function: Any, features: int = 1) -> keras.Model:
    inputs = keras.Input((features,))
    return keras.Model(inputs, function(inputs))


@pytest.mark.parametrize("start", [1.7e9, 1.0e6, 4.0])
def test_a_difference_moves_by_the_step_between_floats(start: float) -> None:
    x = seconds(start, 256.0)
    expected = float(np.sqrt(np.mean(np.spacing(x.astype("float32")) ** 2.0)) / np.std(x))
    assert rounding_share(of(lambda t: t - start), x) == pytest.approx(expected, rel=0.3)


def test_a_second_difference_with_a_tiny_step_is_noise() -> None:
    def curvature(h: float) -> keras.Model:
        return of(lambda x: (ops.sin(x + h) - 2.0 * ops.sin(x) + ops.sin(x - h)) / h**2)

    x = np.linspace(0.1, 3.0, ROWS)[:, None]
    noisy, clean = rounding_share(curvature(1e-4), x), rounding_share(curvature(3e-2), x)
    assert noisy is not None
    assert clean is not None
    assert noisy > 0.5
    assert clean < 1e-3


def test_a_usual_network_hardly_moves() -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(16, "tanh"), layers.Dense(2)])
    share = rounding_share(model, np.random.default_rng(0).normal(size=(64, 4)))
    assert share is not None
    assert 1e-9 < share < 1e-5


class Drawn(layers.Layer):
    """Answers at random, in inference mode too."""

    def __init__(self) -> None:
        super().__init__()
        self.seeds = keras.random.SeedGenerator(0)
        self.calls = 0

    def call(self, inputs: Any) -> Any:
        self.calls += 1
        return inputs + self.calls * keras.random.normal(ops.shape(inputs), seed=self.seeds)


DEEP = [layers.Dense(8, "sigmoid") for _ in range(30)]


@pytest.mark.parametrize(
    ("model", "x"),
    [
        (lambda: of(lambda t: 0.0 * t), seconds(0.0, 1.0)),
        (lambda: keras.Sequential([keras.Input((1,)), *DEEP]), seconds(0.0, 1.0)),
        (lambda: of(lambda t: t), seconds(0.0, 1.0).astype("int32")),
        (lambda: keras.Sequential([keras.Input((1,)), Drawn()]), seconds(0.0, 1.0)),
    ],
    ids=["one answer", "thirty sigmoid layers", "whole numbers", "answers at random"],
)
def test_what_cannot_be_told(model: Any, x: Any) -> None:
    assert rounding_share(model(), x) is None


def test_the_seeds_of_the_model_are_left_as_they_were() -> None:
    model = keras.Sequential([keras.Input((1,)), layers.GaussianNoise(0.1), layers.Dense(1)])
    before = ops.convert_to_numpy(model.layers[0].seed_generator.state.value)
    rounding_share(model, seconds(0.0, 1.0))
    np.testing.assert_array_equal(
        ops.convert_to_numpy(model.layers[0].seed_generator.state.value), before
    )
