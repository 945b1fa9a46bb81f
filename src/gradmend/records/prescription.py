"""A cure that is worth trying, and for which finding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How much a treatment changes what the model computes."""

    KEEPS_FUNCTION = "keeps the function"
    CHANGES_FUNCTION = "changes the function"
    ADVICE = "advice"


@dataclass(frozen=True, kw_only=True, slots=True)
class Prescription:
    """One treatment for one finding, with the Keras lines to change.

    `before` and `after` are lines of Keras code, as a reader would write them;
    `before` may be empty when a line is only added. `expected` says in one sentence
    what should change when it works.
    """

    treatment: str
    title: str
    grade: Grade
    answers: str
    where: tuple[str, ...] = ()
    expected: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    dose: float | None = None
