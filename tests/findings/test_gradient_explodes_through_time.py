from __future__ import annotations

import pytest

from gradmend.findings.gradient_explodes_through_time import check
from gradmend.records import Cause, Severity
from tests.findings.records import mlp, recurrence, rehearsed

LINEAR = recurrence(activation="linear", spectral_radius=1.1, decades_per_step=-0.041)


def test_a_linear_recurrence_above_one() -> None:
    (finding,) = check(mlp(2, times=(LINEAR,)))
    assert finding.message == (
        "recurrence of 'rnn' grows 2.1 decades over 50 steps, spectral radius 1.1 "
        "(limits 1 decades, radius 1.05)"
    )
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.RECURRENT_EXPLOSION)


def test_is_an_error_when_the_rehearsal_explodes() -> None:
    (finding,) = check(rehearsed(mlp(2, times=(LINEAR,)), 1.0, 1e5))
    assert finding.severity is Severity.ERROR


def test_any_cell_whose_gradient_grows_three_decades() -> None:
    lstm = recurrence(cell="LSTM", spectral_radius=None, decades_per_step=-0.1)
    (finding,) = check(mlp(2, times=(lstm,)))
    assert "grows 5 decades" in finding.message


@pytest.mark.parametrize(
    "quiet",
    [
        recurrence(),
        recurrence(spectral_radius=1.3),  # tanh holds it
        recurrence(activation="linear", spectral_radius=1.0, decades_per_step=-0.01),
        recurrence(activation="linear", spectral_radius=0.9, decades_per_step=0.046),
        recurrence(decades_per_step=None, spectral_radius=None),
    ],
)
def test_is_silent_on_recurrences_that_hold(quiet: object) -> None:
    assert not list(check(mlp(2, times=(quiet,))))
