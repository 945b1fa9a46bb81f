"""Paired trials: same seeds, same data order, same budget; a placebo beside every cure."""

from __future__ import annotations

from gradmend.trials.arms import Clinic, race_of
from gradmend.trials.budget import Budget, budget_of
from gradmend.trials.race import Entry, Race
from gradmend.trials.rows import Rows, held_out, rows_of

__all__ = [
    "Budget",
    "Clinic",
    "Entry",
    "Race",
    "Rows",
    "budget_of",
    "held_out",
    "race_of",
    "rows_of",
]
