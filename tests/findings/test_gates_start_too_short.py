from __future__ import annotations

from dataclasses import replace

from gradmend.findings.gates_start_too_short import check
from gradmend.records import Cause, GateSignal, LossFacts, Measurements, Severity
from tests.findings.records import followed, mlp, recurrence
from tests.findings.through_time import unrolled


def patient(
    keeps: float = 0.73, *, steps: float = 100.0, lag: int | None = None, name: str = "forget"
) -> Measurements:
    gates = (
        GateSignal(name="input", mean=0.5),
        GateSignal(name=name, mean=keeps, keeps=keeps, keeps_longest=keeps),
    )
    seen = recurrence(cell="LSTMCell", steps=100, real_steps=steps, unrolled=unrolled(gates=gates))
    return replace(mlp(2, times=(seen,)), lag=lag)


def test_the_default_lstm_over_a_hundred_steps() -> None:
    (finding,) = check(patient())
    assert finding.message == (
        "the forget gate of 'rnn' keeps at most 0.73 of the state per step: 1e-14 after 100 steps "
        "(limit 1e-5)"
    )
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.RECURRENT_MEMORY)
    assert finding.evidence[2].value > 13.6


def test_a_training_that_failed_makes_it_an_error() -> None:
    (finding,) = check(followed(patient(), 0.7, 0.69, trivial=0.69))
    assert finding.severity is Severity.ERROR


def test_long_biases_and_short_sequences_are_healthy() -> None:
    assert not list(check(patient(0.99)))
    assert not list(check(patient(0.5, steps=20.0)))
    assert not list(check(patient(lag=5)))


def test_the_limit_is_lower_where_the_lag_is_named() -> None:
    keeps = 10 ** (-4 / 100)
    assert not list(check(patient(keeps)))
    assert list(check(patient(keeps, lag=100)))


def test_a_network_that_learned_and_one_without_gates_are_not_judged() -> None:
    trained = LossFacts(total=0.01, data=0.01, penalty=0.0, trivial=0.69)
    assert not list(check(replace(patient(), loss=trained)))
    assert not list(check(mlp(2, times=(recurrence(), recurrence(unrolled=unrolled())))))
