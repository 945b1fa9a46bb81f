from __future__ import annotations

from gradmend.records import Cause, OptimizerFacts
from gradmend.treatments.change_optimizer import prescribe
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
