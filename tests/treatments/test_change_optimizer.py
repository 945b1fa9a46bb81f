from __future__ import annotations

from typing import Any

import keras
import pytest

from gradmend.records import Cause, OptimizerFacts
from gradmend.treatments.change_optimizer import prescribe
from gradmend.treatments.surgery import Material, operate
from tests.findings.records import mlp
from tests.treatments.findings import finding

SGD = OptimizerFacts(name="SGD", learning_rate=0.01)


def test_gives_every_weight_steps_of_its_own() -> None:
    (cure,) = prescribe(mlp(30, optimizer=SGD), finding("V102", Cause.INITIALIZER))
    assert cure.after == ("Adam(learning_rate=0.001)",)


def test_is_not_for_adam_nor_for_scales() -> None:
    adam = OptimizerFacts(name="Adam", learning_rate=0.001)
    assert not list(prescribe(mlp(30, optimizer=adam), finding("V102", Cause.INITIALIZER)))
    assert not list(prescribe(mlp(3, optimizer=SGD), finding("D103", Cause.TARGET_SCALE)))


@pytest.mark.parametrize(
    "settings", [{"name": "Adam", "epsilon": 1000.0}, {"name": "RMSprop", "clipvalue": 1e-6}]
)
def test_settings_that_leave_nothing_of_the_step_are_given_up(settings: dict[str, Any]) -> None:
    odd = OptimizerFacts(learning_rate=0.001, **settings)
    (cure,) = prescribe(mlp(3, optimizer=odd), finding("S103", Cause.LEARNING_RATE))
    assert cure.after == ("Adam(learning_rate=0.001)",)


def test_clipping_to_nothing_is_not_carried_over() -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05, clipvalue=1e-6, weight_decay=0.01), "mse")
    cure = next(prescribe(mlp(3, optimizer=SGD), finding("S103", Cause.LEARNING_RATE)))
    new = operate(model, cure, Material(measurements=mlp(3)))
    assert (new.optimizer.clipvalue, new.optimizer.weight_decay) == (None, 0.01)
