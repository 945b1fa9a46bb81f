from __future__ import annotations

from dataclasses import replace

from gradmend.findings.memory_shorter_than_lag import check
from gradmend.records import Cause, LossFacts, Measurements, Severity
from tests.findings.records import followed, mlp, recurrence
from tests.findings.through_time import fading, unrolled


def patient(decades: float, lag: int | None = 80) -> Measurements:
    seen = recurrence(steps=100, real_steps=100.0, unrolled=fading(decades))
    return replace(mlp(2, times=(seen,)), lag=lag)


def test_a_gradient_that_does_not_reach_the_lag_is_a_warning() -> None:
    (finding,) = check(patient(0.1))
    assert finding.message == (
        "80 steps back, where the answer stands, the gradient through 'rnn' is 8 decades below "
        "its largest (limit 3), memory length 4.3 steps"
    )
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.RECURRENT_MEMORY)


def test_beyond_what_adam_bridges_it_is_an_error() -> None:
    assert next(iter(check(patient(0.2)))).severity is Severity.ERROR


def test_a_training_that_failed_makes_it_an_error() -> None:
    (finding,) = check(followed(patient(0.1), 0.7, 0.69, trivial=0.69))
    assert finding.severity is Severity.ERROR


def test_the_limit() -> None:
    assert not list(check(patient(2.9 / 80)))
    assert list(check(patient(3.1 / 80)))


def test_nothing_is_said_where_no_lag_was_named() -> None:
    assert not list(check(patient(0.5, lag=None)))


def test_a_task_that_needs_only_the_last_steps_is_healthy() -> None:
    assert not list(check(patient(0.5, lag=5)))


def test_a_lag_beyond_the_sequence_is_its_length() -> None:
    (finding,) = check(patient(0.1, lag=1000))
    assert finding.evidence[1].value == 100.0


def test_a_trained_latch_is_not_judged() -> None:
    trained = LossFacts(total=0.01, data=0.01, penalty=0.0, trivial=0.69)
    assert not list(check(replace(patient(0.5), loss=trained)))


def test_without_unrolling_the_slope_serves() -> None:
    seen = recurrence(steps=100, real_steps=100.0, decades_per_step=0.1, memory_length=4.3)
    (finding,) = check(replace(mlp(2, times=(seen,)), lag=50))
    assert "is 5 decades below" in finding.message


def test_a_loss_at_every_step_is_judged_by_the_exponent_of_the_trajectory() -> None:
    flat = unrolled(every_step=True, lyapunov=-0.5)
    seen = recurrence(steps=100, real_steps=100.0, unrolled=flat)
    (finding,) = check(replace(mlp(2, times=(seen,)), lag=50))
    assert "is 11 decades below" in finding.message
