"""What the layers do in a running training: the numbers are right, and the training the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import gradmend
from gradmend.errors import UsageError
from gradmend.findings.over_time import diagnose_run
from gradmend.monitor import looks
from gradmend.monitor.looks import Looks
from gradmend.records.run_rows import layer_rows
from gradmend.records.run_store import open_run

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64 * 40, 4)).astype("float32")
Y = X[:, :1] * X[:, 1:2] + X[:, 2:3]


def network(rate: float) -> Any:
    """A model with all that a look must leave alone: draws, averages, activations of two kinds."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(16, "relu", name="first"),
            layers.Dropout(0.2),
            layers.BatchNormalization(),
            layers.Dense(16, "tanh", name="second"),
            layers.Dense(16, "relu", name="third"),
            layers.Dense(1, name="out"),
        ],
        name="net",
    )
    model.compile(keras.optimizers.Adam(rate), "mse")
    return model


def trained(rate: float, mode: Any, folder: Path | None = None) -> Any:
    keras.utils.set_random_seed(1)
    model = network(rate)
    monitor = gradmend.GradientMonitor(folder, layers=mode, update_freq=4)
    history = model.fit(X[:640], Y[:640], batch_size=64, verbose=0, callbacks=[monitor])
    values = [np.array(keras.ops.convert_to_numpy(v.value)) for v in model.variables]
    return monitor.run, values, history.history


def test_a_look_leaves_no_trace_and_comes_back(tmp_path: Path) -> None:
    run, seen, history = trained(0.01, True, tmp_path)
    _, unseen, without = trained(0.01, False)
    assert history == without
    assert all(np.array_equal(one, other) for one, other in zip(seen, unseen, strict=True))
    assert [s.step for s in run.samples if s.layers] == [1, 5]
    assert open_run(tmp_path).samples == run.samples
    rows = [row for row in layer_rows(run) if row["step"] == 5]
    assert [row["layer"] for row in rows][0::3] == ["first", "second"]
    assert [row["dead_units"] is not None for row in rows] == [True, *[False] * 3, True, False]
    assert [row["saturated"] is not None for row in rows] == [*[False] * 3, True, *[False] * 2]


def test_the_numbers_are_those_of_the_model_after_the_step() -> None:
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, "relu", name="a"), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.1), "mse")
    monitor = gradmend.GradientMonitor(layers=True)
    model.fit(X[:64], Y[:64], batch_size=64, verbose=0, shuffle=False, callbacks=[monitor])
    assert monitor.run is not None
    [seen, _] = monitor.run.samples[0].layers
    kernel, bias = model.layers[0].get_weights()
    expected = np.maximum(X[:64] @ kernel + bias, 0)
    assert seen.rms == pytest.approx(np.sqrt(np.mean(expected**2)), rel=1e-4)
    assert seen.largest == pytest.approx(expected.max(), rel=1e-4)
    assert seen.zero_share == pytest.approx(np.mean(expected == 0), abs=0.01)
    assert seen.dead_units == np.sum(expected.max(axis=0) == 0)
    assert (seen.units, seen.seen, seen.nonfinite) == (8, 64, 0)


def test_a_patient_whose_units_die_and_its_healthy_twin() -> None:
    [finding] = [f for f in diagnose_run(plain(0.3)) if f.code == "M107"]
    assert finding.where[0] in ("second", "third")
    assert not {"M107", "M108"} & {finding.code for finding in diagnose_run(plain(0.003))}


def plain(rate: float) -> Any:
    keras.utils.set_random_seed(1)
    hidden = [keras.layers.Dense(32, "relu", name=n) for n in ("first", "second", "third")]
    model = keras.Sequential([keras.Input((4,)), *hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(rate), "mse")
    monitor = gradmend.GradientMonitor(layers=True, update_freq=3)
    model.fit(X, Y, batch_size=32, verbose=0, callbacks=[monitor])
    return monitor.run


def test_what_cannot_be_looked_at_is_said_once() -> None:
    class Pair(keras.Model):
        def build(self, shape: Any) -> None:
            self.dense = keras.layers.Dense(1)
            self.dense.build((None, 4))

        def call(self, x: Any) -> Any:
            if isinstance(x, dict):
                return self.dense(x["data"])
            raise TypeError("a batch of this kind is for train_step only")

    notes: list[str] = []
    watching = Looks(Pair(), True, notes.append)
    result: Any = ({}, ([], [], [], []))
    if keras.backend.backend() == "jax":
        watching._model.compile("sgd", "mse")
    assert watching.look(X[:8], result, 1) == ()
    assert len(notes) == 1
    assert notes[0].startswith("the layers could not be looked at: ")
    assert not watching.due(100, 1e9)


def test_auto_stays_within_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Looks(network(0.1), "auto", lambda text: None)
    assert not watching.due(1, 0.01)
    assert watching.due(1, 1e6)
    monkeypatch.setattr(watching, "_spent", 1.0)
    monkeypatch.setattr(watching, "_expected", 0.5)
    assert not watching.due(1, 1.4 / looks.MOST_SHARE)
    assert watching.due(1, 1.6 / looks.MOST_SHARE)


def test_looks_grow_rare() -> None:
    watching, taken = Looks(None, True, lambda text: None), []
    for step in range(1, 100_001):
        if watching.due(step, 0.0):
            taken.append(step)
            watching._next = step + looks.stride(step)
    assert taken[:6] == [1, 4, 16, 64, 256, 512]
    assert len(taken) < 80


def test_a_mode_that_is_none() -> None:
    with pytest.raises(UsageError, match="layers must say whether to look"):
        gradmend.GradientMonitor(layers="some")  # type: ignore[arg-type]  # what is refused
