from __future__ import annotations

from gradmend.records import Cause, OptimizerFacts
from gradmend.treatments.keep_learning_rate import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding

FADING = OptimizerFacts(name="SGD", learning_rate=0.01, scheduled=True)


def test_the_first_rate_stays() -> None:
    (cure,) = prescribe(mlp(2, optimizer=FADING), finding("S105", Cause.LEARNING_RATE))
    assert cure.before == ("SGD(learning_rate=schedule)",)
    assert cure.after == ("SGD(learning_rate=0.01)",)


def test_other_troubles_with_the_rate_keep_the_schedule() -> None:
    assert not list(prescribe(mlp(2, optimizer=FADING), finding("S101", Cause.LEARNING_RATE)))
