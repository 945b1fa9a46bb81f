from __future__ import annotations

from typing import Any

import pytest

from gradmend.findings import diagnose, judge
from gradmend.findings.sigmoid_state import check
from gradmend.records import Cause, Measurements, Severity, Verdict
from tests.findings.records import followed, mlp, recurrence


def trained(*losses: float, **changes: Any) -> Measurements:
    facts = {"cell": "LSTMCell", "activation": "sigmoid", "real_steps": 20.0, **changes}
    m = mlp(2, times=(recurrence(**{"decades_per_step": 0.0, **facts}),))
    return followed(m, *losses, trivial=0.69) if losses else m


def test_a_state_behind_a_sigmoid_that_learned_little() -> None:
    m = trained(0.69, 0.66, 0.64)
    (finding,) = check(m)
    assert finding.message == (
        "LSTM 'rnn' writes its state through sigmoid: it is never negative, and over 20 steps its "
        "slope is at most 0.25 a step"
    )
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.ACTIVATION)
    assert judge(diagnose(m), m).verdict is Verdict.SICK


@pytest.mark.parametrize(
    ("losses", "changes"),
    [
        ((0.69, 0.4, 0.2), {}),
        ((), {}),
        ((0.69, 0.66, 0.64), {"activation": "tanh"}),
        ((0.69, 0.66, 0.64), {"real_steps": 4.0}),
    ],
    ids=["learned", "no training", "tanh", "short"],
)
def test_silence(losses: tuple[float, ...], changes: dict[str, Any]) -> None:
    assert not list(check(trained(*losses, **changes)))
