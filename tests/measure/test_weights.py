"""Signals of weights against NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from gradmend.measure import measure
from tests.behaviour.models import CASES


def test_size_and_gain() -> None:
    model, x, y = CASES["sequential"]()
    kernel = np.asarray(model.get_weights()[0], "float64")
    found = measure(model, x, y).weights[0]
    assert (found.role, found.shape, found.fan_in) == ("kernel", (6, 8), 6)
    assert found.norm == pytest.approx(np.linalg.norm(kernel), rel=1e-6)
    assert found.rms == pytest.approx(np.sqrt((kernel**2).mean()), rel=1e-6)
    assert found.mean == pytest.approx(kernel.mean(), rel=1e-4)
    assert found.gain == pytest.approx(np.sqrt((kernel**2).mean() * 6), rel=1e-6)
    assert found.relative_gradient == pytest.approx((found.gradient_norm or 0) / found.norm)


def test_frozen_weights_are_left_out_and_the_rest_keeps_its_layer() -> None:
    found = measure(*CASES["frozen"]()).weights
    assert len({weight.layer for weight in found}) == 1
    assert {weight.role for weight in found} == {"kernel", "bias"}


def test_weights_of_a_cell_belong_to_its_layer() -> None:
    found = measure(*CASES["stateful_recurrent"]())
    lstm = found.calls[0].path
    roles = [weight.role for weight in found.weights if weight.layer == lstm]
    assert roles == ["kernel", "recurrent_kernel", "bias"]


def test_a_weight_that_is_not_finite_is_counted() -> None:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    model.layers[0].kernel.assign([[np.nan, 1.0], [np.inf, 2.0]])
    found = measure(model, np.ones((2, 2)), np.ones((2, 2)))
    kernel = found.weights[0]
    assert (kernel.nonfinite, kernel.largest) == (2, 2.0)
    assert kernel.norm == pytest.approx(np.sqrt(5))
    assert kernel.gradient_nonfinite == 2
    assert found.calls[0].forward is not None
    assert found.calls[0].forward.nonfinite == 2
