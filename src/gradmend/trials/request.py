"""What a call of `mend` is given: rows to train on, rows to judge by, and when to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradmend.trials.budget import Budget, budget_of
from gradmend.trials.rows import Rows, held_out, rows_of, scored


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Rows to train on and to judge by, how many make a step, and how long the arms may train."""

    train: Rows
    judged: Rows
    own_split: bool
    batch_size: int
    budget: Budget


def request_of(
    x: Any,
    y: Any,
    validation_data: Any,
    sample_weight: Any,
    *,
    batch_size: int | None,
    budget: Any,
) -> Request:
    """Return what the arguments of `mend` ask for.

    Raises:
        UsageError: nothing Keras could train on, too few rows, or no budget.
    """
    data, size = rows_of(x, y, sample_weight, batch_size=batch_size)
    train, judged = split(data, validation_data)
    steps = max(len(data) // size, 1)
    return Request(
        train=train,
        judged=judged,
        own_split=validation_data is None,
        batch_size=size,
        budget=budget_of(budget, steps_per_epoch=steps),
    )


def split(data: Rows, validation_data: Any) -> tuple[Rows, Rows]:
    """Return the rows to train on and those to judge by; `validation_data` as `fit` takes it.

    Raises:
        DataError: too few rows to hold some out.
    """
    if validation_data is None:
        return held_out(data)
    parts = validation_data if isinstance(validation_data, tuple) else (validation_data,)
    return data, scored(rows_of(*parts)[0])
