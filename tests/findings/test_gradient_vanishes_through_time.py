from __future__ import annotations

from dataclasses import replace

from gradmend.findings.gradient_vanishes_through_time import check
from gradmend.records import Cause, LossFacts, Severity
from tests.findings.records import followed, mlp, recurrence

LSTM = recurrence(
    cell="LSTM", steps=100, real_steps=100.0, decades_per_step=0.08, memory_length=5.4
)


def test_a_default_lstm_over_a_hundred_steps_is_a_warning() -> None:
    (finding,) = check(mlp(2, times=(LSTM,)))
    assert finding.message == (
        "gradient through 'rnn' shrinks 8 decades over 100 steps back in time (limit 5), "
        "memory length 5.4 steps"
    )
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.RECURRENT_MEMORY)


def test_is_an_error_when_training_stays_at_trivial() -> None:
    (finding,) = check(followed(mlp(2, times=(LSTM,)), 0.7, 0.69, trivial=0.69))
    assert finding.severity is Severity.ERROR


def test_is_silent_on_a_trained_latch() -> None:
    trained = LossFacts(total=0.01, data=0.01, penalty=0.0, trivial=0.69)
    assert not list(check(mlp(2, times=(LSTM,), loss=trained)))


def test_padding_is_no_time() -> None:
    assert not list(check(mlp(2, times=(replace(LSTM, real_steps=20.0),))))


def test_is_silent_on_an_orthogonal_recurrence() -> None:
    assert not list(check(mlp(2, times=(recurrence(), recurrence(decades_per_step=None)))))
