from __future__ import annotations

import keras
import numpy as np
import pytest

import gradmend
from gradmend.trials import Clinic, Rows

X = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, name="head")])
    model.compile(keras.optimizers.SGD(100.0), "mse")
    y = X[:, :1] * 1e4
    return Clinic(model, gradmend.check(model, X, y).visit, Rows(x=X, y=y))


def test_the_usual_guesses_about_the_steps_stand_beside_the_cures(clinic: Clinic) -> None:
    entries = {entry.name: entry for entry in clinic.entries()}
    assert entries["standardize-targets"].answers == ("D102",)
    assert list(entries)[-2:] == ["raise-learning-rate", "change-optimizer"]
    assert entries["change-optimizer"].control
    assert not entries["standardize-targets"].control


def test_of_several_settings_of_one_step_the_last_counts(clinic: Clinic) -> None:
    names = ["lower-learning-rate", "standardize-targets", "change-optimizer"]
    entry = clinic.combined(names)
    assert entry is not None
    assert entry.name == "standardize-targets + change-optimizer"
    assert type(entry.build(0).optimizer).__name__ == "Adam"
    assert clinic.combined(["lower-learning-rate", "raise-learning-rate"]) is None
