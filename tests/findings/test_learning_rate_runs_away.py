from __future__ import annotations

from math import nan

from gradmend.findings import diagnose
from gradmend.findings.learning_rate_runs_away import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import followed, mlp

SWEEP = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)


def swept(*losses: float, rates: tuple[float, ...] = SWEEP) -> Measurements:
    return followed(mlp(2), *losses, learning_rates=rates)


def test_a_range_test_that_was_left_on() -> None:
    (finding,) = check(swept(9.0, 5.0, 1.0, 3.0, 80.0, nan))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.LEARNING_RATE)
    assert finding.message == (
        "the loss falls to 1 at a learning rate of 1.0e-04 and breaks at 0.1: 1000 times as much "
        "(limit 10 times)"
    )


def test_a_loss_that_ends_high_without_nan_broke_as_well() -> None:
    assert list(check(swept(9.0, 5.0, 1.0, 3.0, 80.0, 90.0)))
    assert not list(check(swept(9.0, 5.0, 1.0, 3.0, 8.0, 8.5)))


def test_it_stands_above_the_blow_up() -> None:
    findings = diagnose(swept(9.0, 5.0, 1.0, 3.0, 80.0, nan))
    assert findings[0].code == "S107"
    assert "T101" in findings[0].explains


def test_a_loss_that_never_fell_has_another_cause() -> None:
    assert not list(check(swept(9.0, 8.9, 8.8, 8.9, 80.0, nan)))


def test_a_warm_up_that_is_over_is_not_to_blame() -> None:
    warm = (1e-5, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3)
    assert not list(check(swept(9.0, 5.0, 1.0, 3.0, 80.0, nan, rates=warm)))


def test_nothing_is_said_without_a_schedule_a_training_or_a_break() -> None:
    assert not list(check(swept(9.0, 5.0, 1.0, nan, rates=())))
    assert not list(check(swept(9.0, 5.0, 1.0, 0.5, 0.4, 0.3)))
    assert not list(check(swept(nan, nan, nan, nan, nan, nan)))
    assert not list(check(mlp(2)))
