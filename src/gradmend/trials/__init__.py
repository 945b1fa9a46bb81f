"""Paired trials: same seeds, same data order, same budget; a placebo beside every cure."""

from __future__ import annotations

from gradmend.trials.arms import Clinic, race_of
from gradmend.trials.budget import Budget, budget_of
from gradmend.trials.course import course_of, looked_after, mended_times, with_courses
from gradmend.trials.entry import Entry
from gradmend.trials.hiring import executor_for, hired
from gradmend.trials.race import Race
from gradmend.trials.request import request_of
from gradmend.trials.rows import Rows, held_out, rows_of

__all__ = [
    "Budget",
    "Clinic",
    "Entry",
    "Race",
    "Rows",
    "budget_of",
    "course_of",
    "executor_for",
    "held_out",
    "hired",
    "looked_after",
    "mended_times",
    "race_of",
    "request_of",
    "rows_of",
    "with_courses",
]
