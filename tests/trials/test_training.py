from __future__ import annotations

import keras
import numpy as np
import pytest

from gradmend.trials.rows import Rows
from gradmend.trials.training import Trainee, trainee_of

X = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
ROWS = Rows(x=X, y=X[:, :1])


def network(*, trainable: bool = True) -> keras.Model:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.trainable = trainable
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def test_a_model_that_cannot_change_is_scored_as_it_is() -> None:
    trainee = Trainee(lambda seed: network(trainable=False), ROWS, ROWS, 16)
    run = trainee.advance(trainee.start(0), 20, lambda: False, lambda run: None)
    assert run.steps == (20,)
    loss = trainee.model.evaluate(X, ROWS.y, verbose=0)
    np.testing.assert_allclose(run.held_out, loss, rtol=1e-5)


def test_an_arm_is_fed_and_judged_by_rows_of_its_own() -> None:
    def doubled(rows: Rows, size: int) -> tuple[Rows, int]:
        return Rows(x=rows.x, y=rows.y * 2.0), 2 * size

    trainee = trainee_of(lambda seed: network(), doubled, ROWS, ROWS, 16)
    run = trainee.advance(trainee.start(0), 60, lambda: False, lambda run: None)
    assert run.score < 0.01
    np.testing.assert_allclose(trainee.model.predict(X, verbose=0), 2.0 * X[:, :1], atol=0.1)


@pytest.mark.backend("jax", "tensorflow")  # torch refuses such labels
def test_a_cross_entropy_below_zero_has_no_score() -> None:
    def build(seed: int) -> keras.Model:
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
        model.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
        return model

    rows = Rows(x=X, y=np.full((64, 1), 2.0, "float32"))  # no yes and no no
    trainee = Trainee(build, rows, rows, 16)
    run = trainee.advance(trainee.start(0), 40, lambda: False, lambda run: None)
    assert run.held_out < 0.0
    assert run.score == float("inf")
