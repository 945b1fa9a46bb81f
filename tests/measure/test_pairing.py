"""Which losses pair predictions with targets, seen on the losses themselves."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from gradmend.measure import measure
from gradmend.measure.pairing import is_custom, pairing

ROWS = np.random.default_rng(0).normal(size=(16, 1)).astype("float32")
FLAT = np.random.default_rng(1).normal(size=16).astype("float32")


class OwnSquare(keras.losses.Loss):
    """Broadcasts where a loss of Keras would squeeze."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.mean(ops.square(y_true - y_pred))


class Confidence(keras.losses.Loss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.mean(y_true[:, 1] * ops.square(y_true[:, 0] - y_pred))


class NegativeMean(keras.losses.Loss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return -ops.mean(y_pred)


def test_all_against_all_stays_the_same() -> None:
    assert pairing(OwnSquare(), FLAT, ROWS) == pytest.approx(0.0, abs=1e-4)
    two = np.stack([FLAT, np.abs(FLAT) + 0.5], axis=1)
    assert pairing(Confidence(), two, ROWS) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("prediction", [ROWS, np.ones((16, 1), "float32")], ids=["varied", "same"])
def test_a_loss_that_pairs_moves(prediction: Any) -> None:
    moved = pairing(OwnSquare(), FLAT[:, None], prediction)
    assert moved is not None
    assert moved > 0.01


def test_what_reads_no_target_is_not_judged() -> None:
    assert pairing(NegativeMean(), FLAT, ROWS) is None
    assert pairing(OwnSquare(), np.zeros(16, "float32"), ROWS) is None


def test_the_losses_of_keras_are_not_tried() -> None:
    assert not is_custom(keras.losses.MeanSquaredError())
    assert pairing(keras.losses.MeanSquaredError(), FLAT, ROWS) is None


def test_it_stands_in_the_measurements() -> None:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", OwnSquare())
    (paired,) = measure(model, ROWS, FLAT[:, None]).outputs
    (unpaired,) = measure(model, ROWS, FLAT).outputs
    assert paired.pairing is not None
    assert paired.pairing > 0.01
    assert unpaired.pairing == pytest.approx(0.0, abs=1e-4)
