from __future__ import annotations

import pytest

from gradmend.records import Cause, OptimizerFacts
from gradmend.treatments.lower_learning_rate import TREATMENT, prescribe
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


def test_is_never_for_steps_too_small_nor_for_a_recurrence() -> None:
    assert TREATMENT.answers(OVERSHOOT)
    assert not TREATMENT.answers(finding("S103", Cause.LEARNING_RATE))
    assert not TREATMENT.answers(finding("R101", Cause.RECURRENT_EXPLOSION))


def test_has_nothing_to_say_about_an_unknown_rate() -> None:
    assert not list(prescribe(mlp(2, optimizer=None), OVERSHOOT))
