from __future__ import annotations

from typing import Any

import pytest

from gradmend.findings import diagnose
from gradmend.findings.memory_fades_over_sequence import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import followed, network, recurrence

FAILED = {"validation_losses": (2.3, 2.31, 2.4), "validation_trivial": 2.3}


def trained(*losses: float, course: dict[str, Any] | None = None, **time: Any) -> Measurements:
    facts = {"steps": 200, "real_steps": 200.0, "decades_per_step": 0.0065, **time}
    return followed(network([], times=(recurrence(**facts),)), *losses, **(course or {}))


def test_speaks_where_nothing_was_learned() -> None:
    (finding,) = check(trained(2.3, 2.3, 2.3))
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.RECURRENT_MEMORY)
    assert finding.message == (
        "over 200 steps the gradient through 'rnn' falls 1.3 decades (limit 1), and what was "
        "learned is no better than a constant prediction"
    )


def test_speaks_where_it_does_not_carry_over() -> None:
    root, *below = diagnose(trained(2.3, 1.9, 1.6, course=FAILED))
    assert root.code == "R109"
    assert [finding.code for finding in below] == ["T106"]


@pytest.mark.parametrize(
    "m",
    [
        trained(2.3, 1.0, 0.2),
        trained(2.3, 2.3, 2.3, real_steps=60.0),
        trained(2.3, 2.3, 2.3, decades_per_step=0.002),
        trained(2.3, 2.3, 2.3, cell="LSTM"),
        network([], times=(recurrence(real_steps=200.0, decades_per_step=0.0065),)),
    ],
    ids=["learned", "short", "kept", "gated", "no training"],
)
def test_is_silent(m: Measurements) -> None:
    assert not list(check(m))
