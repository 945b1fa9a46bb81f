"""The validation targets are found where they lie in memory, and the losses beside them kept."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from gradmend.monitor.attendance import Attendance
from gradmend.monitor.validation import validation_targets
from gradmend.records import Course
from gradmend.script.clinic import house_clinic

X = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
Y = np.arange(64, dtype="float32")[:, None] / 64


def course(**arguments: Any) -> Course:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    attendance = Attendance(clinic=house_clinic())
    attendance.run(keras.Model.fit, model, X, Y, epochs=2, verbose=0, **arguments)
    assert attendance.visit is not None
    assert attendance.visit.measurements is not None
    found = attendance.visit.measurements.course
    assert found is not None
    return found


def test_the_last_rows_of_a_split() -> None:
    found = course(validation_split=0.25)
    assert len(found.validation_losses) == 2
    assert found.validation_trivial == pytest.approx(np.var(Y[48:]), rel=1e-4)
    assert found.trivial == pytest.approx(np.var(Y[:48]), rel=1e-4)


def test_every_second_epoch() -> None:
    found = course(validation_data=(X[:8], Y[:8]), validation_freq=2)
    assert len(found.validation_losses) == 1
    assert found.validation_trivial == pytest.approx(np.var(Y[:8]), rel=1e-4)


class Subclassed(keras.Model):
    """It does not say what it returns before it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.out = keras.layers.Dense(1)

    def call(self, inputs: Any) -> Any:
        return self.out(inputs)


def test_a_subclassed_model_is_held_against_all_targets() -> None:
    model = Subclassed()
    model.compile("sgd", "mse")
    attendance = Attendance(clinic=house_clinic())
    rows = np.concatenate([X] * 8), np.concatenate([Y] * 4 + [Y + 1.0] * 4)
    attendance.run(keras.Model.fit, model, *rows, verbose=0, validation_data=(X[:8], Y[:8]))
    assert attendance.visit is not None
    assert attendance.visit.measurements is not None
    found = attendance.visit.measurements.course
    assert found is not None
    assert found.trivial == pytest.approx(np.var(rows[1]), rel=1e-5)
    assert found.validation_trivial == pytest.approx(np.var(Y[:8]), rel=1e-4)


def test_no_validation() -> None:
    found = course()
    assert found.validation_losses == ()
    assert found.validation_trivial is None


@pytest.mark.parametrize(
    "arguments",
    [
        {"validation_data": (X, Y, np.ones(64))},
        {"validation_data": iter([(X, Y)])},
        {"validation_split": 0.5, "sample_weight": np.ones(64)},
    ],
    ids=["weighted", "no arrays", "weighted rows"],
)
def test_what_cannot_be_compared_is_not_taken(arguments: dict[str, Any]) -> None:
    usual = {"x": X, "y": Y, "sample_weight": None, "validation_data": None, "validation_split": 0}
    assert validation_targets({**usual, **arguments}) is None
