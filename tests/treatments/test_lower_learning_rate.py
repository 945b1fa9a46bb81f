from __future__ import annotations

import keras
import numpy as np
import pytest

from gradmend.records import Cause, OptimizerFacts
from gradmend.treatments.lower_learning_rate import TREATMENT, lower_rate, prescribe
from gradmend.treatments.surgery import Material
from gradmend.treatments.surgery.lower_learning_rate import apply
from tests.findings.records import mlp
from tests.treatments.findings import finding

OVERSHOOT = finding("S102", Cause.LEARNING_RATE)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("Adam", 0.1, "0.001"), ("SGD", 3.0, "0.01"), ("SGD", 0.01, "0.001"), ("Mine", 0.5, "0.05")],
)
def test_goes_to_the_default_or_a_tenth(name: str, old: float, new: str) -> None:
    optimizer = OptimizerFacts(name=name, learning_rate=old)
    (cure,) = prescribe(mlp(2, optimizer=optimizer), OVERSHOOT)
    assert cure.after == (f"{name}(learning_rate={new})",)


def test_a_rate_in_float32_is_not_above_the_default_it_was_set_to() -> None:
    kept = float(np.float32(0.001))
    assert kept > 0.001
    assert lower_rate("Adam", kept) == pytest.approx(1e-4)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(), "mse")
    (cure,) = prescribe(mlp(2), OVERSHOOT)
    lower = apply(model, cure, Material(measurements=mlp(2), x=np.zeros((4, 2)), y=None))
    assert float(lower.optimizer.learning_rate) == pytest.approx(1e-4)


def test_is_never_for_steps_too_small_nor_for_a_recurrence() -> None:
    assert TREATMENT.answers(OVERSHOOT)
    assert not TREATMENT.answers(finding("S103", Cause.LEARNING_RATE))
    assert not TREATMENT.answers(finding("R101", Cause.RECURRENT_EXPLOSION))


def test_has_nothing_to_say_about_an_unknown_rate() -> None:
    assert not list(prescribe(mlp(2, optimizer=None), OVERSHOOT))
