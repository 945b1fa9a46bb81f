from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gradmend import UsageError
from gradmend.trials.budget import budget_of


@pytest.mark.parametrize("given", [800, "800", "800 steps"])
def test_steps(given: Any) -> None:
    budget = budget_of(given, steps_per_epoch=10)
    assert (budget.steps, budget.deadline) == (800, None)


@pytest.mark.parametrize(
    ("given", "seconds"), [("90s", 90), ("1.5 min", 90), (timedelta(seconds=90), 90)]
)
def test_time(given: Any, seconds: float) -> None:
    budget = budget_of(given, steps_per_epoch=10)
    assert budget.deadline is not None
    assert budget.deadline - budget.started == pytest.approx(seconds, abs=1.0)
    assert not budget.over


@pytest.mark.parametrize(("per_epoch", "steps"), [(1, 500), (30, 900), (1000, 1500)])
def test_the_usual_budget_is_thirty_epochs_within_limits(per_epoch: int, steps: int) -> None:
    assert budget_of(None, steps_per_epoch=per_epoch).steps == steps


@pytest.mark.parametrize("given", [3, "3 steps", "0 s"])
def test_too_small_teaches(given: Any) -> None:
    with pytest.raises(UsageError, match="too small to prove anything"):
        budget_of(given, steps_per_epoch=10)


@pytest.mark.parametrize("given", ["soon", "5 parsecs", 1.5, True])
def test_nonsense_teaches(given: Any) -> None:
    with pytest.raises(UsageError, match='Try: budget="5 min"'):
        budget_of(given, steps_per_epoch=10)
