from __future__ import annotations

from typing import Any

import pytest

from gradmend.findings import diagnose
from gradmend.findings.relu_recurrence import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import followed, mlp, recurrence
from tests.findings.through_time import unrolled


def patient(**changes: Any) -> Measurements:
    return mlp(2, times=(recurrence(**{"activation": "relu", "decades_per_step": 0.1, **changes}),))


def test_a_relu_recurrence_that_forgets_is_a_note() -> None:
    (finding,) = check(patient())
    assert finding.message == ("SimpleRNN 'rnn' with ReLU over 50 steps: nothing bounds its state")
    assert finding.severity is Severity.NOTE


def test_one_that_runs_away_is_a_warning() -> None:
    (finding,) = check(patient(unrolled=unrolled(lyapunov=0.3)))
    assert finding.message.endswith("and states run away: Lyapunov exponent 0.3 per step")
    assert finding.severity is Severity.WARNING


def test_relu_in_an_lstm_is_told() -> None:
    (finding,) = check(patient(cell="LSTMCell", decades_per_step=0.0))
    assert finding.message.startswith("LSTM 'rnn' with ReLU")


@pytest.mark.parametrize(
    "healthy",
    [{"decades_per_step": 0.0}, {"activation": "tanh"}, {"real_steps": 10.0}],
    ids=["identity", "tanh", "short"],
)
def test_silence(healthy: dict[str, Any]) -> None:
    assert not list(check(patient(**healthy)))


def test_a_gated_cell_that_relu_made_forgetful_is_the_root_where_training_failed() -> None:
    gated = patient(cell="GRUCell", decades_per_step=0.6)
    (quiet,) = check(gated)
    assert quiet.severity is Severity.NOTE
    failed = followed(gated, 2.31, 2.30, 2.30, 2.30)
    (finding,) = check(failed)
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.ACTIVATION)
    root, *below = diagnose(failed)
    assert root.code == "R105"
    assert {"R102", "T102"} <= {finding.code for finding in below}
