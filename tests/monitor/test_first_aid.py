"""A step that gives NaN: found exactly, undone or skipped, and kept in a capsule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import gradmend
from gradmend.errors import NonFiniteError
from gradmend.monitor.capsule import Capsule

BATCH = 4
BAD = 6  # the step, from 1, whose batch holds the bad value


def network(**compile_arguments: Any) -> Any:
    keras.utils.set_random_seed(7)
    layers = [keras.layers.Dense(3, "tanh"), keras.layers.Dropout(0.2), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((2,)), *layers], name="net")
    compile_arguments.setdefault("optimizer", keras.optimizers.Adam(0.01))
    model.compile(loss="mse", **compile_arguments)
    return model


def rows(*, bad: float | None = np.nan, steps: int = 9) -> tuple[Any, Any]:
    generator = np.random.default_rng(2)
    x = generator.normal(size=(steps * BATCH, 2)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    if bad is not None:
        y[(BAD - 1) * BATCH] = bad
    return x, y


def fitted(model: Any, x: Any, y: Any, **arguments: Any) -> Any:
    keras.utils.set_random_seed(9)
    return model.fit(x, y, batch_size=BATCH, shuffle=False, verbose=0, **arguments)


def assert_same_weights(one: Any, other: Any) -> None:
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_stop_leaves_the_weights_from_before(tmp_path: Path) -> None:
    x, y = rows()
    model, expected = network(), network()
    good = (BAD - 1) * BATCH
    fitted(expected, x[:good], y[:good])
    monitor = gradmend.GradientMonitor(tmp_path)
    history = fitted(model, x, y, callbacks=[monitor], epochs=3).history
    assert_same_weights(model, expected)
    assert len(history["loss"]) == 1
    assert np.isfinite(history["loss"]).all()
    (incident,) = monitor.run.incidents
    assert (incident.kind, incident.step) == ("nonfinite", BAD)
    capsule = Capsule(incident.file)
    np.testing.assert_array_equal(capsule.x, x[good : good + BATCH])
    np.testing.assert_array_equal(capsule.y, y[good : good + BATCH])
    for weight in model.weights:
        np.testing.assert_array_equal(capsule.weights[weight.path], np.array(weight))
    assert capsule.about["step"] == BAD


def test_an_infinite_gradient_in_the_last_step_is_seen(tmp_path: Path) -> None:
    # The loss of that step is finite; only the weights after it are not.
    x, y = rows(bad=1e19, steps=BAD)
    model, expected = network(optimizer=keras.optimizers.SGD(1e30)), network()
    x[(BAD - 1) * BATCH] = 1e19
    optimizer = keras.optimizers.SGD(0.0)
    model = network(optimizer=optimizer)

    class Raise(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            if batch == BAD - 1:
                self.model.optimizer.learning_rate = 1e38

    monitor = gradmend.GradientMonitor(tmp_path)
    fitted(model, x, y, callbacks=[Raise(), monitor])
    assert_same_weights(model, expected)
    assert monitor.run.incidents[0].kind == "nonfinite"


def test_skip_trains_as_if_the_batch_had_not_been_there(tmp_path: Path) -> None:
    x, y = rows()
    model, expected = network(), network()
    model.layers[1].rate = expected.layers[1].rate = 0.0  # a skipped step draws no dropout mask
    good, after = (BAD - 1) * BATCH, BAD * BATCH
    fitted(expected, np.delete(x, slice(good, after), 0), np.delete(y, slice(good, after), 0))
    monitor = gradmend.GradientMonitor(tmp_path, on_nonfinite="skip")
    history = fitted(model, x, y, callbacks=[monitor]).history
    assert_same_weights(model, expected)
    assert np.isfinite(history["loss"]).all()
    assert [(i.kind, i.step) for i in monitor.run.incidents] == [("skipped", BAD)]


def test_warn_changes_nothing(tmp_path: Path) -> None:
    x, y = rows()
    model, expected = network(), network()
    fitted(expected, x, y)
    monitor = gradmend.GradientMonitor(tmp_path, on_nonfinite="warn")
    fitted(model, x, y, callbacks=[monitor])
    assert_same_weights(model, expected)
    assert [(i.kind, i.step) for i in monitor.run.incidents] == [("nonfinite", BAD)]


def test_raise_error_teaches_and_keeps_the_weights(tmp_path: Path) -> None:
    x, y = rows()
    model, expected = network(), network()
    good = (BAD - 1) * BATCH
    fitted(expected, x[:good], y[:good])
    with pytest.raises(NonFiniteError, match=f"step {BAD} gave NaN.*\n\nExpected: a finite loss"):
        fitted(model, x, y, callbacks=[gradmend.GradientMonitor(tmp_path, raise_error=True)])
    assert_same_weights(model, expected)


def test_a_long_way_back_crosses_copies(tmp_path: Path) -> None:
    x, y = rows(bad=None, steps=80)
    y[70 * BATCH] = np.inf
    model, expected = network(), network()
    fitted(expected, x[: 70 * BATCH], y[: 70 * BATCH])
    monitor = gradmend.GradientMonitor(tmp_path)
    fitted(model, x, y, callbacks=[monitor])
    assert_same_weights(model, expected)
    assert monitor.run.incidents[0].step == 71


@pytest.mark.backend("jax", "tensorflow")
def test_several_steps_at_once_go_back_as_far_as_is_known(tmp_path: Path, backend: str) -> None:
    x, y = rows()
    model = network(steps_per_execution=3)
    monitor = gradmend.GradientMonitor(tmp_path)
    fitted(model, x, y, callbacks=[monitor])
    assert all(np.isfinite(w).all() for w in model.get_weights())
    (incident,) = monitor.run.incidents
    if backend == "jax":
        assert incident.step == BAD
    else:  # the batches of a group never leave the graph
        assert incident.message.startswith("a step after step ")


def test_a_silent_training_has_no_incident(tmp_path: Path) -> None:
    monitor = gradmend.GradientMonitor(tmp_path)
    fitted(network(), *rows(bad=None), callbacks=[monitor], epochs=2)
    assert monitor.run.incidents == ()
    assert list(tmp_path.glob("*.npz")) == []
