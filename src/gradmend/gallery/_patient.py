"""The shape of a patient: a model and its data, built on demand, with a known answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from gradmend.records import Cause, Verdict

SICK = frozenset({Verdict.SICK})
HEALTHY = frozenset({Verdict.HEALTHY})
# Something is odd and said, yet the network trains.
ODD = frozenset({Verdict.HEALTHY, Verdict.WATCH})


class Case(NamedTuple):
    """What `gradmend.check` takes: a compiled, built model and the data it is trained on."""

    model: Any
    x: Any
    y: Any


def in_words(verdicts: frozenset[Verdict], causes: frozenset[Cause]) -> str:
    """A known answer in words.

    Example:
        >>> in_words(SICK, frozenset({Cause.DATA, Cause.LABELS}))
        'sick: data or labels'
    """
    told = " or ".join(sorted(verdicts))
    named = " or ".join(sorted(cause.value for cause in causes))
    return f"{told}: {named}" if named else told


@dataclass(frozen=True, kw_only=True, slots=True)
class Patient:
    """One entry of `gradmend.gallery.PATIENTS`.

    `verdicts` are the answers that are right for this patient, and `causes` the root
    causes of which a sick one must be told one. `source` says where the known answer
    comes from. `seed_dependent` marks patients that are sick for some seeds only, and
    `large` those that take up to a minute.

    Example:
        >>> from gradmend.gallery import patient_named
        >>> patient = patient_named("sigmoid-30")
        >>> patient.sick, [cause.value for cause in patient.causes]
        (True, ['activation'])
    """

    name: str
    title: str
    build: Callable[[int], Case]
    source: str
    verdicts: frozenset[Verdict] = HEALTHY
    causes: frozenset[Cause] = frozenset()
    seed_dependent: bool = False
    large: bool = False

    @property
    def sick(self) -> bool:
        """Whether nothing but the verdict sick is right."""
        return self.verdicts == SICK

    @property
    def answer(self) -> str:
        """The known answer in words, as `gradmend gallery` lists it."""
        return in_words(self.verdicts, self.causes)
