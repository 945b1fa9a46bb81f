"""What a record says of itself: the gain of Keras' own draw, and which layers are one matrix."""

from __future__ import annotations

from dataclasses import replace
from math import prod, sqrt

import keras
import numpy as np
import pytest
from benchmarks.judge_cost import call, weight

SHAPES = [(200, 600), (600, 200), (3, 3, 32, 96), (5, 64, 32)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_gain_is_the_one_that_keras_draws(shape: tuple[int, ...]) -> None:
    drawn = np.asarray(keras.ops.convert_to_numpy(keras.initializers.GlorotUniform(seed=0)(shape)))
    fan_in = prod(shape[:-1])
    signal = replace(weight("layer", "kernel"), shape=shape, fan_in=fan_in)
    assert signal.glorot_gain == pytest.approx(drawn.std() * sqrt(fan_in), rel=0.02)


def test_without_a_fan_there_is_no_gain() -> None:
    assert replace(weight("layer", "bias"), shape=(4,), fan_in=None).glorot_gain is None
    assert replace(weight("layer", "scale"), shape=(), fan_in=3).glorot_gain is None


@pytest.mark.parametrize(("role", "has"), [("dense", True), ("conv", True), ("norm", False)])
def test_layers_of_one_matrix(role: str, has: bool) -> None:
    assert call(0, role).has_kernel is has
    assert call(0, "projection").has_kernel
