"""`mend`, end to end on small patients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import gradmend
from gradmend.records import Outcome, Verdict

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(300, 8)).astype("float32")
Y = (X[:, :1] + X[:, 1:2] > 0).astype("float32")


def network(head: str = "sigmoid", bias: Any = "zeros") -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(16, "relu", bias_initializer=bias, name="hidden"),
            layers.Dense(1, head, name="head"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def mended() -> gradmend.Mending:
    with pytest.warns(UserWarning, match="softmax over axis"):
        return gradmend.mend(network("softmax"), X, Y, budget=200)


def test_the_cause_is_cured(mended: gradmend.Mending) -> None:
    assert mended.verdict is Outcome.BETTER
    assert [change.treatment for change in mended.changes] == ["repair-head"]
    assert mended.model.evaluate(X, Y, verbose=0)[1] > 0.9


def test_the_trial_shows_every_arm(mended: gradmend.Mending) -> None:
    placebo, *others = mended.trial.arms
    assert placebo.name == "placebo"
    assert not placebo.beats_trivial
    winner = next(arm for arm in others if arm.name == mended.trial.winner)
    assert len(winner.runs) == len(placebo.runs) == 3
    steps = mended.trial.proven_at or 200
    assert {run.steps[-1] for run in (*winner.runs, *placebo.runs)} == {steps}
    assert all(run.steps[-1] == 200 for run in mended.trial.trained_on)
    assert mended.trial.own_split


def test_it_says_what_to_write(mended: gradmend.Mending) -> None:
    shown = repr(mended)
    assert shown.startswith("BETTER")
    assert '+ Dense(1, activation="sigmoid")' in shown
    assert "won" in shown


def test_it_saves_a_model_and_a_table(mended: gradmend.Mending, tmp_path: Path) -> None:
    loaded = keras.saving.load_model(mended.save(tmp_path / "mended.keras"))
    np.testing.assert_allclose(
        loaded.predict(X, verbose=0), mended.model.predict(X, verbose=0), rtol=1e-4, atol=1e-5
    )
    table = json.loads(mended.save(tmp_path / "mended.json").read_text())
    assert table["trial"]["winner"] == "repair-head"
    with pytest.raises(gradmend.UsageError, match=r"cannot be saved as '\.doc'"):
        mended.save("mended.doc")


def test_the_mended_model_can_be_had_untrained(mended: gradmend.Mending) -> None:
    fresh = mended.untrained(seed=5)
    assert fresh.get_layer("head").activation.__name__ == "sigmoid"
    assert fresh.evaluate(X, Y, verbose=0)[0] > mended.model.evaluate(X, Y, verbose=0)[0]


def test_a_healthy_model_comes_back_unchanged() -> None:
    model = network()
    mending = gradmend.mend(model, X, Y, budget=50)
    assert mending.model is model
    assert mending.changes == ()
    assert mending.verdict is Outcome.NOTHING_HELPED
    assert "the model is healthy: nothing was found that helps" in mending.reason
    with pytest.raises(gradmend.UsageError, match="no mended model"):
        mending.untrained()


def test_the_given_model_is_left_as_it_was() -> None:
    model = network(bias=keras.initializers.Constant(-30.0))
    kept, config = model.get_weights(), model.to_json()
    mending = gradmend.mend(model, X, Y, validation_data=(X[:50], Y[:50]), budget=100)
    assert mending.model is not model
    assert [change.treatment for change in mending.changes] == ["reset-bias"]
    assert not mending.trial.own_split
    assert model.to_json() == config
    for old, now in zip(kept, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, now)


def test_the_same_call_gives_the_same_trial() -> None:
    first, again = (
        gradmend.mend(network(bias=keras.initializers.Constant(-30.0)), X, Y, budget=40).trial
        for _ in range(2)
    )
    assert [arm.runs for arm in first.arms] == [arm.runs for arm in again.arms]


def test_ctrl_c_before_anything_is_known_leaves_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradmend.trials.training import Trainee

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainee, "advance", interrupted)
    model = network(bias=keras.initializers.Constant(-30.0))
    mending = gradmend.mend(model, X, Y, budget=100)
    assert mending.verdict is Outcome.UNFINISHED
    assert mending.model is model
    assert "stopped before anything was proven; the model is unchanged" in mending.reason


def test_ctrl_c_returns_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradmend.trials.training import Trainee

    start = Trainee.start

    def interrupted(self: Any, seed: int) -> Any:
        if seed == 1:  # the first seed is done with every arm
            raise KeyboardInterrupt
        return start(self, seed)

    monkeypatch.setattr(Trainee, "start", interrupted)
    model = network(bias=keras.initializers.Constant(-30.0))
    mending = gradmend.mend(model, X, Y, budget=100)
    assert mending.verdict is Outcome.UNFINISHED
    assert (mending.trial.winner, mending.trial.leader) == (None, "reset-bias")
    assert [change.treatment for change in mending.changes] == ["reset-bias"]
    assert "reset-bias is ahead" in mending.reason
    assert mending.model.evaluate(X, Y, verbose=0)[1] > 0.8


def test_what_has_no_cure_is_named() -> None:
    model = network()
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])
    mending = gradmend.mend(model, X, Y, budget=50)
    assert "no cure is known for what was found (" in mending.reason
    assert "nan" in mending.reason.lower()


@pytest.mark.backend("jax", "tensorflow")  # torch refuses such labels
def test_labels_are_repaired_where_they_are_at_fault() -> None:
    model = network()
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    mending = gradmend.mend(model, X, Y + 1.0, budget=200)
    assert [change.after for change in mending.changes] == [("y = (y > 1).astype(int)",)]
    given = mending.fit_arguments(X, Y + 1.0)
    np.testing.assert_array_equal(given["y"], Y)
    assert mending.model.evaluate(given["x"], given["y"], verbose=0)[1] > 0.9


def test_rows_that_hold_nan_are_left_out() -> None:
    broken = X.copy()
    broken[7, 2] = np.nan
    mending = gradmend.mend(network(), broken, Y, budget=200)
    assert [change.treatment for change in mending.changes] == ["drop-broken-rows"]
    assert len(mending.fit_arguments(broken, Y)["x"]) == len(X) - 1


def test_without_a_cure_of_the_data_fit_is_given_what_it_was(mended: gradmend.Mending) -> None:
    given = mended.fit_arguments(X, Y, batch_size=16)
    np.testing.assert_array_equal(given["x"], X)
    np.testing.assert_array_equal(given["y"], Y)
    assert (given["sample_weight"], given["batch_size"]) == (None, 16)


def test_wrong_use_teaches() -> None:
    model = network()
    with pytest.raises(gradmend.UsageError, match="so few seeds"):
        gradmend.mend(model, X, Y, seeds=1)
    with pytest.raises(gradmend.UsageError, match="too small to prove anything"):
        gradmend.mend(model, X, Y, budget=2)
    with pytest.raises(gradmend.DataError, match="too little data"):
        gradmend.mend(model, X[:8], Y[:8])
    with pytest.raises(gradmend.ModelError, match="is not compiled"):
        gradmend.mend(keras.Sequential([keras.Input((8,)), layers.Dense(1)]), X, Y)


@pytest.mark.backend("jax")  # two trials; what decides is the same everywhere
def test_rows_that_nothing_generalizes_from_are_learned_and_that_is_said() -> None:
    noise = np.random.default_rng(3).normal(size=(120, 64)).astype("float32")
    target = np.random.default_rng(4).normal(size=(120, 1)).astype("float32")
    model = keras.Sequential([keras.Input((64,)), layers.Dense(64), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(3.0), "mse")
    mending = gradmend.mend(model, noise, target, budget=200)
    assert [change.treatment for change in mending.changes] == ["lower-learning-rate"]
    assert "of the trivial loss on the rows it trains on" in mending.reason
    assert "does not generalize from them" in mending.trial.note
    assert not mending.trial.held_out


def test_what_only_a_training_shows_is_found_by_one() -> None:
    head = layers.Dense(1, "sigmoid", kernel_initializer="zeros", name="head")
    model = keras.Sequential([keras.Input((8,)), layers.Dense(16, "relu"), head])
    model.compile(keras.optimizers.SGD(1e-4), "binary_crossentropy")
    assert not gradmend.check(model, X, Y).prescriptions
    mending = gradmend.mend(model, X, Y, budget=200)
    assert mending.visit.verdict is Verdict.SICK
    assert mending.verdict is Outcome.BETTER
    assert {change.treatment for change in mending.changes} <= {
        "raise-learning-rate", "change-optimizer",
    }  # fmt: skip
