from __future__ import annotations

import pytest

from gradmend.findings.weight_decay_outpaces_learning import check
from gradmend.records import Cause, Measurements, OptimizerFacts, Severity
from tests.findings.records import followed, mlp


def decayed(weight_decay: float | None, rate: float = 0.01) -> Measurements:
    return mlp(
        optimizer=OptimizerFacts(name="AdamW", learning_rate=rate, weight_decay=weight_decay)
    )


def test_speaks_with_the_share_per_step() -> None:
    (finding,) = check(decayed(30.0))
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.REGULARIZATION)
    assert finding.message.startswith("weight decay takes 0.3 of every weight at each step")


@pytest.mark.parametrize("decay", [None, 0.0, 0.004, 0.1])
def test_is_silent_on_usual_values(decay: float | None) -> None:
    assert not list(check(decayed(decay)))


def test_an_error_when_nothing_is_learned() -> None:
    (finding,) = check(followed(decayed(30.0), 2.4, 2.31, 2.3))
    assert finding.severity is Severity.ERROR
