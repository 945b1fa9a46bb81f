"""What is reduced together equals what is reduced alone."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from gradmend.measure import measure, stacks
from gradmend.measure._adapter import host
from gradmend.measure.stacks import Waiting, is_small, stacked
from gradmend.measure.statistics import (
    backward_statistics,
    forward_statistics,
    sample_norms,
    unit_peaks,
)

BACKEND = keras.backend.backend()


def values(count: int, shape: tuple[int, ...], seed: int = 0) -> list[Any]:
    random = np.random.default_rng(seed)
    drawn = random.normal(size=(count, *shape)) * 10.0 ** random.integers(-12, 6, (count, 1, 1))
    return [ops.convert_to_tensor(value.astype("float32")) for value in drawn]


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("activation", [None, "relu", "tanh", "sigmoid"])
def test_a_stack_is_what_its_members_are(activation: str | None, careful: bool) -> None:
    outputs, slopes = values(3, (5, 4)), values(3, (5, 4), seed=1)
    befores = values(3, (5, 4), seed=2)
    waiting = [
        Waiting(slot, value, activation, -1, before)
        for slot, value, before in zip((4, 0, 7), outputs, befores, strict=True)
    ]
    (stack,) = stacked(waiting, {4: slopes[0], 7: slopes[2]}, careful=careful)
    assert (stack.slots, stack.reached) == ((4, 0, 7), (4, 7))
    rows = []
    for index, value in enumerate(outputs):
        largest, alone = forward_statistics(value, activation, befores[index], careful=careful)
        np.testing.assert_allclose(host(stack.forward["largest"])[index], host(largest), rtol=1e-6)
        np.testing.assert_allclose(host(stack.forward["rows"])[:, index], host(alone), rtol=1e-5)
        rows.append(alone)
        if activation == "relu":
            peaks = host(unit_peaks(value, -1))
            np.testing.assert_allclose(host(stack.forward["peaks"])[index], peaks)
    for place, index in enumerate((0, 2)):
        alone = backward_statistics(slopes[index], sample_norms(rows[index]), careful=careful)
        np.testing.assert_allclose(host(stack.backward)[place], host(alone), rtol=1e-5)


def test_unlike_outputs_stand_in_stacks_of_their_own() -> None:
    (wide,), narrow = values(1, (5, 8)), values(4, (5, 4))
    half = ops.cast(narrow[3], "float16")
    waiting = [
        Waiting(0, wide, None, -1, None),
        Waiting(1, narrow[0], None, -1, None),
        Waiting(2, narrow[1], "tanh", -1, None),
        Waiting(3, narrow[2], "gelu", -1, None),
        Waiting(4, half, None, -1, None),
    ]
    found = stacked(waiting, {}, careful=False)
    assert [stack.slots for stack in found] == [(0,), (1, 3), (2,), (4,)]
    assert all(stack.reached == () and stack.backward is None for stack in found)


def test_only_small_values_of_known_shape_wait() -> None:
    assert is_small(np.zeros((2, 3)))
    assert not is_small(np.zeros((3,)))
    assert not is_small(np.zeros((2, stacks.SMALL)))
    assert not is_small(keras.KerasTensor((None, 3)))


def branched() -> Any:
    """Equal layers, two of them side by side, one frozen, one whose output leads nowhere."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6,))
    x = layers.Dense(6, "tanh", name="frozen", trainable=False)(inputs)
    x = layers.Dense(6, "tanh")(x)
    x = layers.add([layers.Dense(6, "relu")(x), layers.Dense(6, "relu")(x)])
    x = layers.Dense(6, "gelu")(x)
    idle = layers.Lambda(ops.stop_gradient, name="idle")(layers.Dense(6, name="before_idle")(x))
    model = keras.Model(inputs, layers.Dense(1)(layers.add([x, idle])))
    model.compile("sgd", "mse")
    return model


def test_the_record_is_the_same_with_and_without_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).normal(size=(9, 6)).astype("float32")
    together = measure(branched(), x, x[:, :1])
    monkeypatch.setattr(stacks, "SMALL", 0)
    alone = measure(branched(), x, x[:, :1])
    assert len(together.calls) == len(alone.calls) > 6
    for one, other in zip(together.calls, alone.calls, strict=True):
        assert numbers(one.forward) == pytest.approx(numbers(other.forward), rel=1e-5), one.path
        assert numbers(one.backward) == pytest.approx(numbers(other.backward), rel=1e-5), one.path
    assert {c.path for c in together.calls if c.backward is None} >= {"before_idle"}


def numbers(signal: Any) -> dict[str, Any]:
    names = getattr(type(signal), "__slots__", ())
    found = {name: getattr(signal, name) for name in names}
    return {k: v for k, v in found.items() if isinstance(v, int | float)}


@pytest.mark.skipif(BACKEND != "torch", reason="tensors of the other backends cannot be written to")
def test_an_output_that_the_next_layer_writes_into_is_measured_as_it_was() -> None:
    class InPlace(layers.Layer):
        def call(self, value: Any) -> Any:
            return value.mul_(100.0)

    model = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="first"), InPlace()])
    model.compile("sgd", "mse")
    x = np.ones((8, 4), "float32")
    expected = float(np.sqrt(np.mean(np.square(x @ model.layers[0].get_weights()[0]))))
    call = next(c for c in measure(model, x, x).calls if c.path == "first")
    assert call.forward is not None
    assert call.forward.rms == pytest.approx(expected, rel=1e-4)
