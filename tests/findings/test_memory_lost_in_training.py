from __future__ import annotations

from dataclasses import replace

from gradmend.findings import diagnose, look_after_pays
from gradmend.findings.judge import judge
from gradmend.findings.memory_lost_in_training import check
from gradmend.records import Cause, Measurements, Severity, Verdict
from tests.findings.records import followed, mlp, recurrence
from tests.findings.through_time import fading


def patient(
    after: float, before: float = 1.0, end: float = 0.66, lag: int | None = None
) -> Measurements:
    """Decades after and before a training over 100 steps, which ends at this loss."""
    first = recurrence(steps=100, real_steps=100.0, decades_per_step=before / 100)
    seen = recurrence(steps=100, real_steps=100.0, unrolled=fading(after / 99))
    m = replace(mlp(2, times=(first,)), lag=lag, times_after=(seen,))
    return followed(m, 0.7, end, trivial=0.69)


def test_a_training_that_fails_and_forgets_is_sick() -> None:
    (finding,) = check(patient(6.0))
    assert finding.message == (
        "training has shortened the memory of 'rnn': over 100 steps the gradient falls 6 decades "
        "after it, 1 before (limit 3)"
    )
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.RECURRENT_MEMORY)


def test_it_is_the_cause_of_a_training_at_the_trivial_loss() -> None:
    m = patient(6.0, end=0.69)
    found = diagnose(m)
    assert [(f.code, f.explained_by) for f in found] == [("R108", None), ("T102", "R108")]
    assert judge(found, m).verdict is Verdict.SICK


def test_a_training_half_way_is_a_warning() -> None:
    assert next(iter(check(patient(6.0, end=0.5)))).severity is Severity.WARNING


def test_the_limits() -> None:
    assert not list(check(patient(2.9, before=0.0)))
    assert list(check(patient(3.1, before=0.0)))
    assert not list(check(patient(4.0, before=2.1)))


def test_what_was_short_before_was_not_lost() -> None:
    assert not list(check(patient(6.0, before=6.0)))


def test_a_named_lag_counts() -> None:
    assert not list(check(patient(6.0, lag=40)))
    assert "over 80 steps" in next(iter(check(patient(6.0, lag=80)))).message


def test_a_training_that_learned_may_latch() -> None:
    m = patient(6.0, end=0.1)
    assert not look_after_pays(m)
    assert not list(check(m))


def test_nothing_is_said_where_nobody_looked_afterwards() -> None:
    m = replace(patient(6.0), times_after=())
    assert look_after_pays(m)
    assert not list(check(m))


def test_short_sequences_are_not_looked_at() -> None:
    m = patient(9.0)
    short = replace(m, times=(replace(m.times[0], real_steps=20.0),))
    assert not look_after_pays(short)
    assert not list(check(short))
