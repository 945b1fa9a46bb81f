from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gradmend.findings import diagnose
from gradmend.findings.one_step_epochs import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import followed, mlp


def trained(last: float = 0.66, size: int | None = 400, **changes: Any) -> Measurements:
    facts = {"epochs": 8, "total_steps": 8, "steps": (1, 4, 8), **changes}
    m = followed(mlp(2), 0.95, 0.8, last, trivial=0.662, **facts)
    return replace(m, fit_batch_size=size)


def test_eight_epochs_of_one_step() -> None:
    m = trained()
    (finding,) = check(m)
    assert finding.message == (
        "8 epochs were 8 steps (fewer than 60): all rows go into one batch, and the loss ended at "
        "100 % of that of a constant"
    )
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.LEARNING_RATE)
    root, *below = diagnose(m)
    assert (root.code, [finding.code for finding in below]) == ("S106", ["T102"])


@pytest.mark.parametrize(
    "healthy",
    [
        {"last": 0.3},
        {"size": 32},
        {"size": None},
        {"epochs": 3, "total_steps": 3, "steps": (1, 2, 3)},
        {"epochs": 60, "total_steps": 60},
        {"total_steps": 80},
    ],
    ids=["learned", "little data", "unknown", "a trial", "many epochs", "ten steps an epoch"],
)
def test_silence(healthy: dict[str, Any]) -> None:
    assert not list(check(trained(**healthy)))
