"""The shape of a patient whose answer only a training shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradmend.gallery._patient import HEALTHY, SICK, in_words
from gradmend.gallery._program import Program
from gradmend.records import Cause, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedPatient:
    """A whole training program with a known answer; `build(seed)` makes it.

    Its first batch may look well: the order of the rows, the schedule or the task show only in
    `fit`. `verdicts`, `causes`, `source` and `seed_dependent` are those of a `Patient`.

    Example:
        >>> from gradmend.gallery import entry_named
        >>> entry_named("fading-rate").answer
        'sick: learning-rate'
    """

    name: str
    title: str
    source: str
    build: Callable[[int], Program]
    verdicts: frozenset[Verdict] = HEALTHY
    causes: frozenset[Cause] = frozenset()
    seed_dependent: bool = False

    @property
    def sick(self) -> bool:
        """Whether nothing but the verdict sick is right."""
        return self.verdicts == SICK

    @property
    def answer(self) -> str:
        """The known answer in words, as `gradmend gallery` lists it."""
        return in_words(self.verdicts, self.causes)
