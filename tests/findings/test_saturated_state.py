from __future__ import annotations

from dataclasses import replace

from gradmend.findings.saturated_state import check
from gradmend.records import LossFacts, Measurements, Severity
from tests.findings.records import followed, mlp, recurrence
from tests.findings.through_time import unrolled


def patient(share: float | None = 0.8) -> Measurements:
    return mlp(2, times=(recurrence(unrolled=unrolled(saturated=share)),))


def test_a_state_at_its_bounds_is_a_warning() -> None:
    (finding,) = check(patient())
    assert finding.message == "80 % of the state of 'rnn' is beyond 0.99 (limit 50 %)"
    assert finding.severity is Severity.WARNING
    (failed,) = check(followed(patient(), 0.7, 0.69, trivial=0.69))
    assert failed.severity is Severity.ERROR


def test_silence() -> None:
    trained = LossFacts(total=0.01, data=0.01, penalty=0.0, trivial=0.69)
    assert not list(check(patient(0.5)))
    assert not list(check(patient(None)))
    assert not list(check(mlp(2, times=(recurrence(),))))
    assert not list(check(replace(patient(), loss=trained)))
