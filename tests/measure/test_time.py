"""The gradient's curve over time against plain autodiff with respect to the input sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from gradmend.measure import measure
from gradmend.measure.time import decades_per_step, spectral_radius
from gradmend.records import TimeSignal
from tests.measure.networks import RECURRENT, ROWS, Network, numbers, randomized, squares
from tests.measure.plain import autodiff, double_precision

STEPS = 6


def network(
    recurrent: Any, steps: int = STEPS, *, mask: bool = False, spread: float = 1.0
) -> Network:
    x = keras.Input((steps, 2))
    h = layers.Masking()(x) if mask else x
    h = recurrent(h)
    model = keras.Model(x, layers.Dense(1, kernel_initializer="zeros")(h))
    model.compile("sgd", "mse")
    randomized(model)
    data, y = numbers(steps, 2), numbers(1, seed=1)
    if mask:
        data[0, 2:] = 0.0
        data[1, 5:] = 0.0
    return Network(model, data, y, squares(y))


def signal(made: Network) -> TimeSignal:
    (found,) = measure(made.model, made.x, made.y).times
    return found


def slow_curve(made: Network) -> Any:
    (gradient,) = autodiff(made, wanted="x")
    return np.sqrt((gradient.astype("float64") ** 2).sum(axis=2).mean(axis=0))


LAYERS: dict[str, Callable[[], Any]] = {
    "simple": lambda: layers.SimpleRNN(3, **RECURRENT),
    "gru": lambda: layers.GRU(3, **RECURRENT),
}


@pytest.mark.parametrize("name", LAYERS)
def test_curve(name: str) -> None:
    made = network(LAYERS[name]())
    found = signal(made)
    assert found.gradient_norms == pytest.approx(slow_curve(made), rel=1e-5)
    assert (found.steps, found.real_steps, found.units) == (STEPS, STEPS, 3)
    assert found.cell.endswith("Cell")
    slope = np.polyfit(np.arange(STEPS), np.log10(found.gradient_norms), 1)[0]
    assert found.decades_per_step == pytest.approx(slope)


def test_masked_steps_and_the_order_in_which_the_layer_reads() -> None:
    made = network(layers.LSTM(3, go_backwards=True, **RECURRENT), mask=True)
    found = signal(made)
    assert found.real_steps == pytest.approx((2 + 5 + 6) / ROWS)
    assert found.gradient_norms == pytest.approx(slow_curve(made)[::-1], rel=1e-5)


def test_both_directions_are_seen_apart() -> None:
    made = network(layers.Bidirectional(layers.SimpleRNN(2, **RECURRENT), name="both"))
    forth, back = measure(made.model, made.x, made.y).times
    assert forth.layer != back.layer
    assert {len(forth.gradient_norms), len(back.gradient_norms)} == {STEPS}
    # Each direction alone: its gradient at the input adds up to the whole.
    whole = slow_curve(made)
    assert np.all(np.array(forth.gradient_norms) + np.array(back.gradient_norms)[::-1] >= whole)


def test_norms_whose_squares_would_underflow() -> None:
    def made() -> Network:
        network_of_100 = network(layers.GRU(3, **RECURRENT), 100)
        network_of_100.model.set_weights([0.1 * w for w in network_of_100.model.get_weights()])
        return network_of_100  # update gates near 0.5: the gradient halves with every step

    found = np.array(signal(made()).gradient_norms)
    with double_precision():
        expected = slow_curve(made())
    assert expected.min() < 1e-23  # a float32 square of this is 0
    seen = expected > 1e-30
    assert seen.sum() > 60
    assert np.all(found[seen] > 0)
    assert found[seen] == pytest.approx(expected[seen], rel=2e-3)


def test_slope() -> None:
    curve = 10.0 ** np.array([-3, -2, -1, 0])
    assert decades_per_step(curve) == pytest.approx(1.0)
    assert decades_per_step(np.array([0.0, np.nan, 1e-1, 1.0])) == pytest.approx(1.0)
    assert decades_per_step(np.array([0.0, 0.0, 1.0])) is None


def test_a_gradient_that_leaves_the_range_of_floats_does_not_become_zero() -> None:
    layer = layers.SimpleRNN(3, activation="linear", **RECURRENT)
    made = network(layer)
    layer.cell.recurrent_kernel.assign(1e6 * np.eye(3))
    found = signal(made)
    assert found.decades_per_step is not None
    assert found.decades_per_step < 0.0
    norms = np.array(found.gradient_norms)
    assert np.isinf(norms[0])
    assert not np.any(norms == 0.0)


def test_memory_length_of_a_linear_recurrence_that_halves() -> None:
    layer = layers.SimpleRNN(3, activation="linear", **RECURRENT)
    made = network(layer)
    layer.cell.recurrent_kernel.assign(0.5 * np.eye(3))
    found = signal(made)
    assert found.decades_per_step == pytest.approx(np.log10(2), rel=1e-4)
    assert found.memory_length == pytest.approx(1 / np.log(2), rel=1e-4)
    assert found.spectral_radius == pytest.approx(0.5)


def test_spectral_radius() -> None:
    made = network(layers.SimpleRNN(3, **RECURRENT))
    kernel = keras.ops.convert_to_numpy(made.model.layers[1].cell.recurrent_kernel)
    expected = np.abs(np.linalg.eigvals(kernel.astype("float64"))).max()
    assert spectral_radius(made.model.layers[1]) == pytest.approx(expected)
    gated = layers.GRU(2)
    gated.build((None, STEPS, 2))
    assert spectral_radius(gated) is None


def test_a_frozen_network_still_has_a_curve() -> None:
    made = network(layers.LSTM(3, **RECURRENT))
    expected = slow_curve(made)
    made.model.layers[1].trainable = False
    made.model.compile("sgd", "mse")
    assert signal(made).gradient_norms == pytest.approx(expected, rel=1e-5)
