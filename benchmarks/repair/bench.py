"""One case on the bench: its rows, its original, and how well what an arm chose learns."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from benchmarks.repair.cases import Candidate

import gradmend
from gradmend.gallery._program import Program
from gradmend.gallery._skill import skill_of
from gradmend.trials import Clinic, Rows, held_out, rows_of
from gradmend.trials.entry import Feeding, unchanged
from gradmend.trials.rows import MIN_ROWS
from gradmend.trials.training import Trainee, trainee_of

SEEDS = range(100, 105)  # no arm has seen them
MIN_STEPS, MAX_STEPS = 300, 1500
GALLERY_STEPS = 400  # of a patient that has no `fit` of its own

NOTHING = "nothing"  # was chosen

Build = Callable[[int], Any]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What an arm makes of a case: a model for every seed, and what it does to the rows."""

    name: str
    build: Build
    changes: int = 1
    feeding: Feeding = unchanged
    seeds: Sequence[int] = SEEDS
    notes: dict[str, Any] | None = None


class Bench:
    """Trains what is chosen for one case, always for the same number of steps."""

    def __init__(self, candidate: Candidate, seed: int) -> None:
        keras.backend.clear_session()
        built = candidate.build(seed)
        self._program = built if isinstance(built, Program) else None
        self.case = built if self._program is None else built.compiled()
        wanted = None if self._program is None else self._program.batch_size
        self.rows, self.size = rows_of(self.case.x, self.case.y, batch_size=wanted)
        self.steps = self._steps()
        self.visit = gradmend.check(self.case.model, self.case.x, self.case.y).visit
        self.clinic = Clinic(self.case.model, self.visit, self.rows)
        self.few = len(self.rows) < MIN_ROWS
        self.train, self.held_out = (self.rows,) * 2 if self.few else held_out(self.rows)
        self.trainings = 0.0
        self.plain = 0.0

    def _steps(self) -> int:
        if self._program is None:
            return GALLERY_STEPS
        plain = self._program.epochs * math.ceil(len(self.rows) / self.size)
        return min(max(plain, MIN_STEPS), MAX_STEPS)

    @property
    def original(self) -> Choice:
        """The model as its author wrote it."""
        return Choice(name=NOTHING, changes=0, build=lambda seed: self.clinic.build((), seed))

    def share(self, choice: Choice) -> float:
        """The held-out loss after one training, as a share of that of a constant."""
        self.trainings += 1
        try:
            trainee = self._trainee(choice, self.train, self.held_out)
            return self._trained(trainee, 0)
        except Exception:  # noqa: BLE001 - a solution that does not fit is one that fails
            return math.inf

    def skills(self, choice: Choice) -> list[float]:
        """How well the model answers after training: 0.0 like a constant, 1.0 perfect.

        A program is judged as the detection benchmark does, by the true targets of the rows it
        was trained on; a patient of the gallery by what is gone of the loss of a constant.
        """
        apart = self._program is None
        trainee = self._trainee(
            choice, self.train if apart else self.rows, self.held_out if apart else self.rows
        )
        found = []
        for seed in choice.seeds:
            began = time.perf_counter()
            score = self._trained(trainee, seed)
            found.append(max(0.0, 1.0 - score) if apart else self._skill(trainee.model))
            self.plain = self.plain or time.perf_counter() - began
        return [round(skill, 4) for skill in found]

    def _trainee(self, choice: Choice, train: Rows, judged: Rows) -> Trainee:
        return trainee_of(choice.build, choice.feeding, train, judged, self.size)

    def _trained(self, trainee: Trainee, seed: int) -> float:
        run = trainee.start(seed)
        return trainee.advance(run, self.steps, lambda: False, lambda _: None).score

    def _skill(self, model: Any) -> float:
        """The skill on the rows that can be answered: none answers a row that holds NaN."""
        assert self._program is not None
        program = self._program
        whole = _finite(program.x) & _finite(program.truth)
        rows = Rows(x=program.x, y=program.truth).take(whole)
        said = model.predict(rows.x, batch_size=512, verbose=0)
        if not isinstance(program.task, dict):
            return skill_of(said, rows.y, program.task)
        return min(skill_of(said[k], rows.y[k], task) for k, task in program.task.items())


def _finite(data: Any) -> Any:
    """Which rows hold finite numbers only."""
    leaves = [np.asarray(leaf, "float64") for leaf in keras.tree.flatten(data)]
    return np.logical_and.reduce([np.isfinite(a.reshape(len(a), -1)).all(1) for a in leaves])
