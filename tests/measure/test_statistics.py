"""Every statistic of a layer's output and gradient against NumPy in float64."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import layers, ops

from gradmend.measure import measure
from gradmend.measure._adapter import StepNumbers, host
from gradmend.measure.anatomy import Part
from gradmend.measure.assemble import layer_calls
from gradmend.measure.recorder import RawCall
from gradmend.measure.statistics import (
    backward_statistics,
    curve_statistics,
    forward_statistics,
    row_names,
    sample_norms,
    unit_peaks,
)
from gradmend.records import BackwardSignal, ForwardSignal

SHAPE = (5, 6)
SIZES = st.floats(-30, 30).map(lambda power: 10.0**power)
ENTRIES = st.builds(lambda size, sign: size * sign, SIZES, st.sampled_from([-1.0, 1.0, 0.0]))
VALUES = arrays("float32", SHAPE, elements=ENTRIES.map(np.float32))
BROKEN = arrays("float32", SHAPE, elements=st.sampled_from([np.nan, np.inf, -np.inf, 0, 2, -3]))


def seen(
    value: Any, gradient: Any = None, *, careful: bool = False, activation: str | None = None
) -> tuple[ForwardSignal, BackwardSignal | None]:
    """Send a value and its gradient through the reductions and the assembly of one call."""
    tensor = ops.convert_to_tensor(value)
    largest, rows = forward_statistics(tensor, activation, None, careful=careful)
    row = None
    if gradient is not None:
        slope = ops.convert_to_tensor(gradient)
        row = host(backward_statistics(slope, sample_norms(rows), careful=careful))
    part = Part("layer", layers.Identity(), "other", activation, True)
    names = row_names(activation, fused=False, careful=careful)
    raw = RawCall(part, 1, tuple(tensor.shape), -1, (), names)
    numbers = StepNumbers(calls=[raw], slots=[0], backward=[row])
    numbers.forward = [{"largest": host(largest), "rows": host(rows)}]
    (call,) = layer_calls(numbers)
    assert call.forward is not None
    return call.forward, call.backward


@given(VALUES)
@settings(max_examples=60)
def test_forward_over_sixty_decades(value: Any) -> None:
    forward, _ = seen(value)
    wide = value.astype("float64")
    assert forward.rms == pytest.approx(np.sqrt((wide**2).mean()), rel=1e-5)
    assert forward.largest == pytest.approx(np.abs(wide).max(), rel=1e-6)
    assert forward.mean == pytest.approx(wide.mean(), rel=1e-5, abs=1e-6 * np.abs(wide).max())
    assert forward.std == pytest.approx(wide.std(), rel=1e-3, abs=1e-3 * np.abs(wide).max())
    assert forward.zero_share == pytest.approx(np.mean(wide == 0))
    assert forward.nonfinite == 0


@pytest.mark.parametrize(("features", "spread"), [(1, 1e-3), (1, 1e-5), (64, 1e-3)])
def test_values_that_hardly_vary(features: int, spread: float) -> None:
    rng = np.random.default_rng(0)
    value = (0.5 + spread * rng.normal(size=(64, features))).astype("float32")
    forward, _ = seen(value)
    assert forward.std == pytest.approx(value.astype("float64").std(), rel=3e-3)


@given(VALUES, VALUES)
@settings(max_examples=60)
def test_backward_over_sixty_decades(value: Any, gradient: Any) -> None:
    _, backward = seen(value, gradient)
    wide, high = gradient.astype("float64"), value.astype("float64")
    norms = np.linalg.norm(wide, axis=1)
    assert backward is not None
    assert backward.norm == pytest.approx(np.sqrt((norms**2).mean()), rel=1e-5)
    assert backward.rms == pytest.approx(np.sqrt((wide**2).mean()), rel=1e-5)
    assert backward.largest == pytest.approx(np.abs(wide).max(), rel=1e-6)
    assert backward.zero_share == pytest.approx(np.mean(wide == 0))
    products = np.linalg.norm(high, axis=1) * norms
    # A sample far below the largest of its batch counts for nothing in a mean.
    floor = 1e-5 * np.linalg.norm(high, axis=1).max() * norms.max()
    assert backward.flow == pytest.approx(products.mean(), rel=1e-5, abs=floor)


@given(BROKEN, BROKEN)
@settings(max_examples=40)
def test_non_finite_entries_are_counted_and_left_out(value: Any, gradient: Any) -> None:
    forward, backward = seen(value, gradient, careful=True)
    kept = np.where(np.isfinite(value), value, 0.0).astype("float64")
    count = np.isfinite(value).sum()
    assert forward.nonfinite == value.size - count
    assert forward.largest == pytest.approx(np.abs(kept).max())
    if count:
        assert forward.rms == pytest.approx(np.sqrt((kept**2).sum() / count), rel=1e-5)
        assert forward.mean == pytest.approx(kept.sum() / count, rel=1e-5, abs=1e-6)
        assert forward.zero_share == pytest.approx(np.mean(value[np.isfinite(value)] == 0))
    lost = np.size(gradient) - np.isfinite(gradient).sum()
    assert (0 if backward is None else backward.nonfinite) == lost
    if backward is not None and lost < gradient.size:
        slopes = gradient[np.isfinite(gradient)].astype("float64")
        assert backward.rms == pytest.approx(np.sqrt((slopes**2).mean()), rel=1e-5)
        assert backward.zero_share == pytest.approx(np.mean(slopes == 0), abs=1e-6)


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_half_precision_is_summed_in_single(kind: str) -> None:
    rng = np.random.default_rng(0)
    tensor = ops.cast(ops.convert_to_tensor(rng.normal(size=(4, 4096)).astype("float32")), kind)
    forward, backward = seen(tensor, tensor)
    wide = np.asarray(ops.convert_to_numpy(ops.cast(tensor, "float32")), "float64")
    assert forward.rms == pytest.approx(np.sqrt((wide**2).mean()), rel=1e-5)
    assert forward.mean == pytest.approx(wide.mean(), abs=1e-6)
    assert backward is not None
    assert backward.norm == pytest.approx(np.linalg.norm(wide, axis=1).mean(), rel=1e-3)


@pytest.mark.parametrize("activation", ["tanh", "softsign", "hard_tanh", "sigmoid", "hard_sigmoid"])
def test_saturation_at_both_bounds(activation: str) -> None:
    low = 0.0 if "sigmoid" in activation else -1.0
    value = np.random.default_rng(0).uniform(low, 1.0, size=(50, 40)).astype("float32")
    forward, _ = seen(value, activation=activation)
    to_bound = np.minimum(1 - value, value - low).astype("float64")
    assert forward.saturated_soft == pytest.approx(np.mean(to_bound < 0.1), abs=1e-3)
    assert forward.saturated_hard == pytest.approx(np.mean(to_bound < 0.01), abs=1e-3)
    assert seen(value, activation="relu")[0].saturated_soft is None


def test_similarity_is_the_mean_cosine_of_samples_half_a_batch_apart() -> None:
    value = np.random.default_rng(0).normal(size=(6, 5)).astype("float32") + 0.5
    unit = value / np.linalg.norm(value, axis=1, keepdims=True)
    expected = (unit * np.roll(unit, 3, axis=0)).sum(axis=1).mean()
    assert seen(value)[0].similarity == pytest.approx(expected, rel=1e-5)
    assert seen(np.ones((6, 5), "float32"))[0].similarity == pytest.approx(1.0)
    assert seen(value[:1])[0].similarity is None


@pytest.mark.parametrize("axis", [1, -1])
def test_peaks_per_unit(axis: int) -> None:
    value = np.random.default_rng(0).normal(size=(3, 4, 5, 4)).astype("float32")
    peaks = np.asarray(ops.convert_to_numpy(unit_peaks(ops.convert_to_tensor(value), axis)))
    assert peaks == pytest.approx(np.moveaxis(value, axis, -1).reshape(-1, 4).max(axis=0))


def test_curve_below_the_smallest_square() -> None:
    gradient = np.random.default_rng(0).normal(size=(3, 40, 2)) * 10.0 ** -np.arange(40.0)[:, None]
    found = curve_statistics(ops.convert_to_tensor(gradient.astype("float32")))
    largest, square = np.asarray(ops.convert_to_numpy(found), "float64")
    expected = np.sqrt((gradient**2).sum(axis=2).mean(axis=0))
    assert largest[:38] * np.sqrt(square[:38]) == pytest.approx(expected[:38], rel=1e-4)


def activations(model: keras.Model, name: str, x: Any) -> Any:
    inner = keras.Model(model.inputs, model.get_layer(name).output)
    return np.asarray(ops.convert_to_numpy(inner.predict(x, verbose=0)), "float64")


def test_signals_of_a_real_network() -> None:
    x = keras.Input((5,))
    h = layers.Dense(8, "relu", name="rectified")(x)
    h = layers.Dense(6, "tanh", name="bounded")(h)
    model = keras.Model(x, layers.Dense(2, name="head")(h))
    model.compile("sgd", "mse")
    rng = np.random.default_rng(1)
    model.set_weights([2 * rng.normal(size=weight.shape) for weight in model.get_weights()])
    model.get_layer("rectified").bias.assign([-50.0, -50.0, -50.0, 0, 0, 0, 0, 0])
    data = rng.normal(size=(16, 5)).astype("float32")
    calls = {c.path: c.forward for c in measure(model, data, np.ones((16, 2))).calls}
    before = data.astype("float64")
    for name in ("rectified", "bounded", "head"):
        h, forward, layer = activations(model, name, data), calls[name], model.get_layer(name)
        assert forward is not None
        assert forward.shape == h.shape
        assert forward.rms == pytest.approx(np.sqrt((h**2).mean()), rel=1e-5)
        gain = np.sqrt((h**2).mean() / (before**2).mean())
        assert forward.gain == pytest.approx(gain, rel=1e-5)
        sums = before @ ops.convert_to_numpy(layer.kernel) + ops.convert_to_numpy(layer.bias)
        if name != "head":
            expected = np.sqrt((sums**2).mean())
            assert forward.preactivation_rms == pytest.approx(expected, rel=1e-5)
        before = h
    assert calls["rectified"].dead_units == 3
    assert calls["rectified"].dead_share == pytest.approx(3 / 8)
    assert calls["bounded"].saturated_hard == pytest.approx(
        np.mean(np.abs(activations(model, "bounded", data)) > 0.99)
    )


@pytest.mark.backend("jax", "torch")
def test_units_of_channels_first_stand_in_the_second_axis() -> None:
    conv = layers.Conv2D(3, 2, activation="relu", data_format="channels_first")
    model = keras.Sequential([keras.Input((2, 6, 5)), conv, layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    conv.bias.assign([-50.0, 0.0, 0.0])
    data = np.random.default_rng(0).normal(size=(4, 2, 6, 5))
    forward = measure(model, data, np.ones((4, 1))).calls[0].forward
    assert forward is not None
    assert forward.shape == (4, 3, 5, 4)
    assert (forward.units, forward.dead_units) == (3, 1)
