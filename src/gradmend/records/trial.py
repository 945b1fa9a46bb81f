"""What paired trials showed, and what was changed because of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gradmend.records.prescription import Grade


class Outcome(StrEnum):
    """The answer of a trial. UNFINISHED: stopped before anything was proven."""

    BETTER = "better"
    NO_DIFFERENCE = "no difference"
    NOTHING_HELPED = "nothing helped"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One training of one arm from one seed.

    `losses[i]` is the mean training loss up to step `steps[i]`, since the entry before.
    `score` is the lowest held-out data loss seen at any stop, as a share of the loss of
    the best constant prediction (1.0: learned nothing; infinite: never finite), and
    `held_out` the same loss in its own unit.
    """

    seed: int
    steps: tuple[int, ...] = ()
    losses: tuple[float, ...] = ()
    held_out: float = float("inf")
    score: float = float("inf")


@dataclass(frozen=True, kw_only=True, slots=True)
class Arm:
    """One way to train, tried from the same seeds on the same data as the others.

    `treatments` is empty for the placebo. `score` is the mean over the runs, `spread`
    their sample standard deviation (0.0 for a single run). `error` says why the arm
    could not be tried, None when it could.
    """

    name: str
    treatments: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()
    score: float = float("inf")
    spread: float = 0.0
    beats_trivial: bool = False
    finalist: bool = False
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """All arms side by side, the placebo first.

    `margin` is the difference of scores that the winner had to exceed. `trivial` is the
    held-out loss of the best constant prediction, None where no such prediction could be
    formed (scores are then shares of the placebo's loss before training). `own_split`
    tells that no validation data was given and a fifth of the data was held out; without `held_out`
    the arms were judged by the rows they trained on. `leader` is
    the arm that was ahead when an unfinished trial was stopped: not proven. `note` says in one
    sentence why the arms did not run as was asked for. `proven_at` are the steps after which the
    winner was proven, where fewer than `budget_steps` were enough: `arms` stand as they stood
    then, and `trained_on` holds the runs of placebo and winner from the first seed to the end.
    """

    arms: tuple[Arm, ...]
    outcome: Outcome
    reason: str
    winner: str | None = None
    margin: float = 0.0
    trivial: float | None = None
    budget_steps: int = 0
    seconds: float = 0.0
    own_split: bool = True
    held_out: bool = True
    leader: str | None = None
    note: str = ""
    proven_at: int | None = None
    trained_on: tuple[Run, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change that was made, as Keras lines before and after."""

    treatment: str
    title: str
    grade: Grade
    where: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
