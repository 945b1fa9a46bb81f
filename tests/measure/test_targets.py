"""Targets in every structure that Keras takes for a single output."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from gradmend.measure import measure
from gradmend.measure.step import in_order

LOSS = "binary_crossentropy"
X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def functional(form: Callable[[Any], Any]) -> keras.Model:
    inputs = keras.Input((4,))
    return keras.Model([inputs], form(layers.Dense(1, "sigmoid", name="o")(inputs)))


class Subclassed(keras.Model):  # type: ignore[misc]  # keras ships no types
    def __init__(self, form: Callable[[Any], Any]) -> None:
        super().__init__()
        self.dense, self.form = layers.Dense(1, "sigmoid"), form

    def call(self, x: Any) -> Any:
        return self.form(self.dense(x))


def as_list(output: Any) -> list[Any]:
    return [output]


def beside_features() -> keras.Model:
    """The mini GPT of keras.io returns its features too, and has no loss for them."""
    inputs = keras.Input((4,))
    features = layers.Dense(3)(inputs)
    return keras.Model(inputs, [layers.Dense(1, "sigmoid")(features), features])


def as_dict(output: Any) -> dict[str, Any]:
    return {"o": output}


CASES: dict[str, tuple[Callable[[], keras.Model], Any, Any]] = {
    "a list of one output": (lambda: functional(as_list), LOSS, Y),
    "a list of one target": (lambda: functional(as_list), LOSS, [Y]),
    "a list of one loss": (lambda: functional(as_list), [LOSS], Y),
    "a loss by name": (lambda: functional(as_list), {"o": LOSS}, Y),
    "an output without a loss": (beside_features, [LOSS, None], Y),
    "a dict of one output": (lambda: functional(as_dict), LOSS, Y),
    "a subclass that returns a list": (lambda: Subclassed(as_list), LOSS, Y),
    "a subclass that returns a dict": (lambda: Subclassed(as_dict), LOSS, Y),
}


@pytest.mark.parametrize("name", CASES)
def test_the_loss_is_that_of_the_bare_output(name: str) -> None:
    build, loss, y = CASES[name]
    model = build()
    model.compile("sgd", loss)
    found = measure(model, X, y)
    said = np.asarray(keras.tree.flatten(model.predict(X, verbose=0))[0], "float64")[:, 0]
    expected = -np.mean(np.where(Y > 0, np.log(said), np.log(1.0 - said)))
    assert found.loss.data == pytest.approx(expected, rel=1e-4)
    share = Y.mean(dtype="float64")
    constant = -share * np.log(share) - (1.0 - share) * np.log(1.0 - share)
    assert found.loss.trivial == pytest.approx(constant, rel=1e-4)
    output, *others = found.outputs
    assert all(other.loss is None and other.target is None for other in others)
    assert (output.loss, output.target is not None) == (LOSS, True)


def container(names: list[str] | None = None, losses: Any = "mse") -> Any:
    return SimpleNamespace(output_names=names, _user_loss=losses)


def test_targets_take_the_structure_of_the_outputs() -> None:
    plain = container()
    assert in_order(1, [0], plain) == [1]
    assert in_order([1], 0, plain) == 1
    assert in_order((1, 2), [0, 0], plain) == [1, 2]
    assert in_order({"b": 2, "a": 1}, [0, 0], container(["a", "b"])) == [1, 2]
    assert in_order([1, 2], 0, plain) == [1, 2]


def test_an_output_without_a_loss_needs_no_target() -> None:
    assert in_order(1, [0, 0], container(losses=["mse", None])) == [1, None]
    assert in_order([1, 2], (0, 0, 0), container(losses=["mse", None, "mse"])) == (1, None, 2)
    assert in_order(1, [0, 0], container(losses=["mse", "mse"])) == 1
