"""What `gradmend run` hands back."""

from __future__ import annotations

from dataclasses import dataclass

from gradmend.records import Verdict, Visit
from gradmend.script.keeping import Kept


@dataclass(frozen=True, kw_only=True, slots=True)
class FitReport:
    """One training: the how manyeth call of `fit` it was, where it stands, and its visit.

    `where` is the line of the script that led to it ("train.py:41"). `calls` is above 1 where a
    loop around `fit` went on with one model and the same data.
    """

    number: int
    where: str
    visit: Visit
    calls: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ScriptReport:
    """A script that has run to its end, good or bad.

    `exit_code` is the script's own, `error` the one-line text of the exception that
    ended it, None when none did. `verdict` is the worst of its fits, and `reason` one
    line on why, or on why nothing could be judged. `kept` is what the worst fit was given,
    where it was asked for.
    """

    fits: tuple[FitReport, ...]
    exit_code: int
    error: str | None
    verdict: Verdict
    reason: str
    kept: Kept | None = None
