from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import gradmend
from gradmend.records import Course
from gradmend.trials import Clinic, Rows, budget_of, course_of

X = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
ROWS = Rows(x=X, y=X[:, :1])


def course(optimizer: Any, seed: int | None = None) -> tuple[Course, keras.Model, keras.Model]:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    clinic = Clinic(model, gradmend.check(model, ROWS.x, ROWS.y).visit, ROWS)
    budget = budget_of(64, steps_per_epoch=4)
    found, trained = course_of(clinic, ROWS, budget=budget, batch_size=16, seed=seed)
    return found, trained, model


def test_the_loss_is_followed_to_the_end() -> None:
    found, trained, model = course(keras.optimizers.SGD(0.1))
    assert (found.total_steps, found.epochs) == (64, 16)
    assert len(found.steps) == len(found.losses) == 32
    assert found.trivial == pytest.approx(float(np.var(X[:, 0])), rel=1e-4)
    assert found.final_data_loss is not None
    assert found.final_data_loss < 0.01 < found.losses[0]
    assert np.abs(trained.get_weights()[0] - [[1.0], [0.0], [0.0]]).max() < 0.1
    assert np.abs(model.get_weights()[0] - trained.get_weights()[0]).max() > 0.1


@pytest.mark.parametrize("seed", [None, 1])
def test_it_begins_with_the_weights_that_are_given_or_with_fresh_ones(seed: int | None) -> None:
    _, trained, model = course(keras.optimizers.SGD(1e-9), seed)
    same = np.allclose(trained.get_weights()[0], model.get_weights()[0], atol=1e-4)
    assert same is (seed is None)


def test_a_training_that_breaks_ends_where_it_broke() -> None:
    found, _, _ = course(keras.optimizers.SGD(1e6))
    assert found.first_nonfinite_step is not None
    assert found.total_steps == found.first_nonfinite_step <= 64
