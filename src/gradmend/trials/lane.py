"""An arm on its way through a race."""

from __future__ import annotations

from dataclasses import dataclass

from gradmend.records import Arm, Run
from gradmend.trials.entry import Entry
from gradmend.trials.executor import Way
from gradmend.trials.verdict import summed_up


@dataclass(slots=True)
class Lane:
    """What an arm is, its runs, and the steps at which each of them stopped."""

    entry: Entry
    arm: Arm
    runs: dict[int, Run]
    paths: dict[int, tuple[int, ...]]
    trivial: float | None = None
    reference: float | None = None

    @property
    def control(self) -> bool:
        """Whether it is there for comparison only."""
        return self.entry.control

    @property
    def score(self) -> float:
        """The score of the first seed."""
        return next((run.score for run in self.runs.values()), float("inf"))

    def way(self, seed: int, until: int | None = None) -> Way:
        """Its way from a seed: as far as it was sent, or on to a step."""
        path = self.paths.get(seed, ())
        path = path if until is None else (*path, until)
        run = self.runs.get(seed, Run(seed=seed))
        return Way(entry=self.entry, run=run, path=path, reference=self.reference)

    def first(self) -> Arm:
        """The arm as its first seed alone shows it."""
        return summed_up(self.arm, list(self.runs.values())[:1], finalist=False)

    def summary(self, *, finalist: bool = False) -> Arm:
        """The arm with what its runs come to."""
        return summed_up(self.arm, list(self.runs.values()), finalist=finalist)
