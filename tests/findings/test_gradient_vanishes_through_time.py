from __future__ import annotations

from dataclasses import replace

from gradmend.findings.gradient_vanishes_through_time import check
from gradmend.records import Cause, LossFacts, OptimizerFacts, Severity
from tests.findings.records import followed, mlp, recurrence
from tests.findings.through_time import fading, unrolled

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


def test_underflow_is_the_farthest_fall() -> None:
    curve = (*[0.0] * 60, *[10.0 ** (i - 40) for i in range(40)])
    deaf = replace(LSTM, gradient_norms=curve, decades_per_step=None, memory_length=None)
    (finding,) = check(mlp(2, times=(deaf,)))
    assert "shrinks more than 38 decades over 100 steps" in finding.message


def test_zeros_at_padded_steps_are_no_underflow() -> None:
    padded = (*[0.0] * 40, *[1.0] * 60)
    half = replace(LSTM, gradient_norms=padded, decades_per_step=0.0, real_steps=45.0)
    assert not list(check(mlp(2, times=(half,))))


def test_no_gradient_at_all_is_not_judged_here() -> None:
    blocked = replace(LSTM, gradient_norms=(0.0,) * 100, decades_per_step=None)
    assert not list(check(mlp(2, times=(blocked,))))


def test_adam_reaches_back_twenty_steps_all_the_same() -> None:
    gru = replace(LSTM, decades_per_step=0.3, steps=20, real_steps=20.0)
    (adam,) = check(mlp(2, times=(gru,)))
    sgd = OptimizerFacts(name="SGD", learning_rate=0.01)
    (plain,) = check(mlp(2, times=(gru,), optimizer=sgd))
    assert (adam.severity, plain.severity) == (Severity.NOTE, Severity.WARNING)


def test_the_exact_curve_is_believed_where_there_is_one() -> None:
    exact = replace(LSTM, unrolled=fading(0.2, usable_share=0.15))
    (finding,) = check(mlp(2, times=(exact,)))
    assert "shrinks 20 decades over 100 steps" in finding.message
    assert finding.message.endswith("memory length 2.2 steps")
    assert [e.value for e in finding.evidence if e.unit == "share"] == [0.15]
    assert not list(check(mlp(2, times=(replace(LSTM, unrolled=unrolled()),))))


def test_a_loss_at_every_step_is_judged_by_the_trajectory() -> None:
    hidden = replace(LSTM, decades_per_step=0.0, unrolled=unrolled(every_step=True, lyapunov=-0.4))
    (finding,) = check(mlp(2, times=(hidden,)))
    assert "shrinks 17 decades" in finding.message


def test_a_short_recurrence_that_learned_little_is_no_note_any_more() -> None:
    short = replace(LSTM, steps=20, real_steps=20.0, decades_per_step=0.4)
    m = mlp(2, times=(short,))
    (quiet,) = check(followed(m, 0.69, 0.3, 0.1, trivial=0.69))
    (told,) = check(followed(m, 0.69, 0.66, 0.64, trivial=0.69))
    assert (quiet.severity, told.severity) == (Severity.NOTE, Severity.WARNING)
