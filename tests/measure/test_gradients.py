"""Gradients by three roads: our taps, plain autodiff in float32, finite differences in float64."""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
import numpy as np
import pytest

from gradmend.measure import measure
from gradmend.records import BackwardSignal, Measurements
from tests.measure.networks import NETWORKS, ROWS, Network
from tests.measure.plain import BACKEND, autodiff, double_precision, finite_differences


def measured(network: Network) -> Measurements:
    return measure(network.model, network.x, network.y, network.sample_weight)


def assert_agree(network: Network, found: Measurements, slow: list[Any], rtol: float) -> None:
    """Compare every weight gradient and, at each nudge, every activation gradient."""
    atol = rtol * max(float(np.abs(slope).max()) for slope in slow)
    nudged = 0
    for variable, signal, slope in zip(
        network.model.trainable_variables, found.weights, slow, strict=True
    ):
        assert signal.path.endswith(f"/{variable.name}")
        assert signal.gradient_norm == pytest.approx(np.linalg.norm(slope), rel=rtol, abs=atol)
        assert signal.gradient_rms == pytest.approx(np.sqrt((slope**2).mean()), rel=rtol, abs=atol)
        assert signal.gradient_largest == pytest.approx(np.abs(slope).max(), rel=rtol, abs=atol)
        if variable.name == "nudge":
            label = signal.layer.rpartition("nudge_")[2].replace("-2nd", "#2").replace("-", "/")
            (call,) = (call for call in found.calls if call.label == label)
            nudged += 1
            assert_backward(call.backward, slope, rtol, atol)
    assert nudged == sum(call.path.startswith("nudge_") or "/nudge_" in call.path
                         for call in found.calls)  # fmt: skip


def assert_backward(seen: BackwardSignal | None, slope: Any, rtol: float, atol: float) -> None:
    assert seen is not None
    norms = np.linalg.norm(slope.reshape(ROWS, -1), axis=1)
    assert seen.norm == pytest.approx(np.sqrt((norms**2).mean()), rel=rtol, abs=atol)
    assert seen.rms == pytest.approx(np.sqrt((slope**2).mean()), rel=rtol, abs=atol)
    assert seen.largest == pytest.approx(np.abs(slope).max(), rel=rtol, abs=atol)
    assert seen.zero_share == pytest.approx(np.mean(np.abs(slope) < 1e-12), abs=1e-6)
    assert seen.nonfinite == 0


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_finite_differences_in_float64(make: Any) -> None:
    with double_precision():
        network = make()
        # JAX's own attention computes its softmax in float32, whatever it is given.
        coarse = BACKEND == "jax" and make is NETWORKS["attention"]
        slow = finite_differences(network, width=1e-2 if coarse else 1e-5)
        slow = [np.where(np.abs(slope) < 1e-10, 0.0, slope) for slope in slow]  # rounding
        assert_agree(network, measured(network), slow, 1e-3 if coarse else 1e-7)


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_plain_autodiff_in_float32(make: Any) -> None:
    network, found, slow = in_float32(make)
    assert_agree(network, found, slow, 1e-5)


@cache
def in_float32(make: Any) -> tuple[Network, Measurements, list[Any]]:
    network = make()
    return network, measured(network), autodiff(network)


def test_flow_is_the_mean_product_of_both_norms() -> None:
    network, found, slow = in_float32(NETWORKS["dense_and_norm"])
    slopes = dict(zip((v.path for v in network.model.trainable_variables), slow, strict=True))
    inner = keras.Model(network.model.inputs, network.model.get_layer("batch_norm").output)
    h = np.asarray(keras.ops.convert_to_numpy(inner([network.x], training=True)))
    (slope,) = (s for path, s in slopes.items() if "nudge_batch_norm" in path)
    expected = (np.linalg.norm(h, axis=1) * np.linalg.norm(slope, axis=1)).mean()
    (call,) = (call for call in found.calls if call.path == "batch_norm")
    assert call.backward is not None
    assert call.backward.flow == pytest.approx(expected, rel=1e-4)
