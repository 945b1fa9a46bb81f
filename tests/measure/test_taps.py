"""Wrappers go on for one pass and always come off."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from gradmend.measure import measure
from gradmend.measure.anatomy import parts_of
from gradmend.measure.taps import attached
from tests.behaviour.models import sequential


def wrapped(model: keras.Model) -> list[str]:
    """Names of the layers that carry an instance-level `call`."""
    return [layer.name for layer in model._flatten_layers() if "call" in vars(layer)]


def _raise_inside(model: keras.Model, error: type[BaseException]) -> None:
    activation = model.layers[0].activation
    with attached(parts_of(model), recorder=None):  # type: ignore[arg-type]  # never called
        assert wrapped(model) == [layer.name for layer in model.layers]
        assert model.layers[0].activation is not activation
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_no_wrapper_stays_whatever_is_raised(error: type[BaseException]) -> None:
    model, _, _ = sequential()
    activation = model.layers[0].activation
    with pytest.raises(error):
        _raise_inside(model, error)
    assert not wrapped(model)
    assert model.layers[0].activation is activation


def test_a_call_the_user_set_on_the_instance_comes_back() -> None:
    model, _, _ = sequential()
    own = model.layers[0].call
    model.layers[0].__dict__["call"] = own
    with attached(parts_of(model), recorder=None):  # type: ignore[arg-type]  # not called
        assert model.layers[0].call is not own
    assert vars(model.layers[0])["call"] is own


def test_a_shared_layer_is_seen_once_per_call() -> None:
    shared = layers.Dense(2, "tanh", name="shared")
    x = keras.Input((2,))
    h = x
    for _ in range(30):  # more calls than layers: the first room laid out for them is too small
        h = shared(h)
    model = keras.Model(x, h)
    model.compile("sgd", "mse")
    found = measure(model, np.ones((3, 2)), np.zeros((3, 2)))
    assert [call.call for call in found.calls] == list(range(1, 31))
    assert [call.inputs for call in found.calls] == [(), *((i,) for i in range(29))]
    assert all(call.backward is not None for call in found.calls)


class Watched(layers.Layer):
    """Looks at its input as it is called."""

    seen: Any = None

    def call(self, x: Any) -> Any:
        Watched.seen = keras.ops.shape(x), keras.backend.standardize_dtype(x.dtype)
        return x


def test_a_layer_that_hands_on_its_input_does_not_hide_the_one_before() -> None:
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(3, name="a"), Watched(), layers.Dropout(0.0, name="d"),
         layers.Dense(1)]
    )  # fmt: skip
    model.compile("sgd", "mse")
    found = measure(model, np.ones((2, 3)), np.ones((2, 1)))
    norms = [call.backward.norm for call in found.calls if call.backward is not None]
    assert len(norms) == 4
    assert norms[0] == pytest.approx(norms[1]) == pytest.approx(norms[2])
    assert Watched.seen == ((2, 3), "float32")


def test_a_branch_without_a_road_to_the_loss_has_no_backward() -> None:
    x = keras.Input((2,))
    used, idle = layers.Dense(2, name="used")(x), layers.Dense(2, name="idle")(x)
    model = keras.Model(x, [used, idle])
    model.compile("sgd", ["mse", None])
    found = {
        call.path: call for call in measure(model, np.ones((2, 2)), [np.ones((2, 2))] * 2).calls
    }
    assert found["used"].backward is not None
    assert found["idle"].backward is None
    assert found["idle"].forward is not None
