"""Whether a training that has not arrived is still on its way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings import diagnose
from gradmend.findings._course import still_learning
from gradmend.records import Severity
from tests.findings.records import followed, mlp, with_calls

SLOW = tuple(2.31 - 0.0007 * step**1.5 for step in range(60))
RESTS = tuple(2.0 + 0.3 * 0.8**step for step in range(60))
FLAT = tuple(2.3 + 0.01 * (step % 2) for step in range(60))


@pytest.mark.parametrize(
    ("losses", "learning"), [(SLOW, True), (RESTS, False), (FLAT, False), ((2.3, 2.1), False)]
)
def test_still_learning(losses: tuple[float, ...], learning: bool) -> None:
    assert still_learning(followed(mlp(), *losses).course) is learning


@pytest.mark.parametrize(("losses", "severity"), [(SLOW, "warning"), (RESTS, "error")])
def test_units_at_rest_prove_nothing_while_it_learns(
    losses: tuple[float, ...], severity: str
) -> None:
    m = with_calls(
        mlp(depth=2),
        lambda call: replace(
            call, forward=None if call.forward is None else replace(call.forward, dead_units=40)
        ),
    )
    root, *_ = diagnose(followed(m, *losses))
    assert root.code == "A101"
    assert root.severity is Severity(severity)
