from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.weight_decay import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding


def test_holds_back_the_weights_of_saturated_units() -> None:
    (cure,) = prescribe(mlp(5, "tanh"), finding("A102", Cause.LEARNING_RATE))
    assert cure.after == ("Adam(learning_rate=0.001, weight_decay=0.001)",)


def test_is_no_cure_for_a_step_that_is_too_long() -> None:
    assert not list(prescribe(mlp(5), finding("S102", Cause.LEARNING_RATE)))
