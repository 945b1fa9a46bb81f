from __future__ import annotations

import keras
import pytest

from gradmend.records import Cause, OptimizerFacts
from gradmend.treatments.surgery import operate
from gradmend.treatments.warm_up import prescribe
from tests.behaviour.treated import TREATED
from tests.findings.records import mlp
from tests.treatments.findings import finding

OVERSHOOT = finding("S102", Cause.LEARNING_RATE)
ADAM = OptimizerFacts(name="Adam", learning_rate=0.01)


def test_begins_with_short_steps() -> None:
    (cure,) = prescribe(mlp(3, optimizer=ADAM), OVERSHOOT)
    assert cure.after[0] == (
        "rising = CosineDecay(0.0, 1, alpha=1.0, warmup_target=0.01, warmup_steps=100)"
    )


def test_leaves_schedules_and_other_findings_alone() -> None:
    scheduled = OptimizerFacts(name="Adam", learning_rate=0.01, scheduled=True)
    assert not list(prescribe(mlp(3, optimizer=scheduled), OVERSHOOT))
    assert not list(prescribe(mlp(3, optimizer=ADAM), finding("S103", Cause.LEARNING_RATE)))


def test_the_rate_rises_and_then_stays() -> None:
    treated = TREATED["warm-up"]
    model = treated.build()
    new = operate(model, treated.prescription(), treated.material(model))
    rate = new.optimizer._learning_rate
    rates = [float(keras.ops.convert_to_numpy(rate(step))) for step in (0, 50, 100, 1000, 10**6)]
    assert rates == pytest.approx([0.0, 0.5e-4, 1e-4, 1e-4, 1e-4], rel=1e-4)
