"""How many sick patients are cured, by what, and at what cost.

    KERAS_BACKEND=jax python -m benchmarks.repair [--patients NAME ...] [--all] [--steps 400]

For each patient, every arm chooses a repair without a hint, from trainings on the same rows:
gradmend.mend, AUTOTRAINER's solutions in their published order, a random search over the same
solutions with as many trainings as mend took, a lower learning rate alone, and nothing
(placebo). What an arm chose is then trained beside the original from five seeds that no arm has
seen. Cured: better than the original by more than its spread, and than a constant prediction,
in at least four of the five. Prints a table, and writes benchmarks/results/repair_<backend>.json.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import pstdev
from typing import Any

import keras
from benchmarks.repair.menu import MENU, ORDER

import gradmend
from gradmend.gallery import PATIENTS, patient_named
from gradmend.trials import Clinic, Rows, held_out, rows_of
from gradmend.trials.training import Trainee

DEFAULT = ("sigmoid-30", "wide-tanh-adam", "dead-by-bias", "raw-inputs", "target-scale",
           "double-softmax")  # fmt: skip
SEEDS = range(100, 105)
ENOUGH = 4
LEARNED = 0.95  # of the loss of the best constant prediction
RESULTS = Path(__file__).parents[1] / "results"

Build = Callable[[int], Any]


class Bench:
    """One patient: its rows, its original, and what each arm makes of it."""

    def __init__(self, name: str, steps: int) -> None:
        self.case = patient_named(name).build(0)
        data, self.size = rows_of(self.case.x, self.case.y)
        self.train, self.judged = held_out(data)
        self.steps = steps
        self.visit = gradmend.check(self.case.model, self.case.x, self.case.y).visit
        self.clinic = Clinic(self.case.model, self.visit, self.train)
        self.trainings = 0

    def changed(self, name: str) -> Build:
        """The original with one solution of the menu."""
        measurements = self.visit.measurements
        return lambda seed: MENU[name](self.clinic.build((), seed), measurements, seed)

    def scores(self, build: Build, seeds: Sequence[int]) -> list[float]:
        """One whole training per seed, compiled once; infinite where it cannot be trained."""
        trainee = Trainee(build, self.train, self.judged, self.size)
        found = []
        for seed in seeds:
            self.trainings += 1
            try:
                run = trainee.start(seed)
                run = trainee.advance(run, self.steps, lambda: False, lambda _: None)
                found.append(run.score)
            except Exception:  # noqa: BLE001 - a solution that does not fit is one that fails
                found.append(math.inf)
        return found

    def score(self, build: Build) -> float:
        """One whole training from the first seed."""
        return self.scores(build, [0])[0]

    def mend(self) -> tuple[str, Build]:
        """What gradmend proves; its trainings are counted in whole ones."""
        rows: Rows = self.train
        model = self.clinic.build((), 0)
        mending = gradmend.mend(
            model, rows.x, rows.y, budget=self.steps, batch_size=self.size, progress=False
        )
        steps = [run.steps[-1] for arm in mending.trial.arms for run in arm.runs if run.steps]
        self.trainings += math.ceil(sum(steps) / self.steps)
        if mending.rebuild is None:
            return "nothing", lambda seed: self.clinic.build((), seed)
        return mending.trial.winner or "nothing", mending.rebuild

    def autotrainer(self) -> tuple[str, Build]:
        """The first solution, in the published order, after which the network learns."""
        symptom = self.visit.findings[0].symptom if self.visit.findings else None
        for name in ORDER.get(symptom, ()) if symptom else ():
            if self.score(self.changed(name)) < LEARNED:
                return name, self.changed(name)
        return "nothing", lambda seed: self.clinic.build((), seed)

    def at_random(self, trainings: int) -> tuple[str, Build]:
        """The best of as many draws from the menu as mend took trainings."""
        names = list(MENU)
        random.Random(0).shuffle(names)  # noqa: S311 - a benchmark, no secret
        tried = names[: max(trainings, 1)]
        best = min(tried, key=lambda name: self.score(self.changed(name)))
        return best, self.changed(best)


def judged(bench: Bench, build: Build, original: list[float]) -> dict[str, Any]:
    """Train what an arm chose from the five seeds, beside the original."""
    scores = bench.scores(build, SEEDS)
    finite = [score for score in original if math.isfinite(score)]
    spread = pstdev(finite) if len(finite) > 1 else 0.0
    better = [
        new < min(old, 1.0) - spread and new < LEARNED
        for new, old in zip(scores, original, strict=True)
    ]
    return {"cured": sum(better) >= ENOUGH, "better": sum(better), "scores": scores}


def repaired(name: str, steps: int) -> dict[str, Any]:
    """Every arm on one patient."""
    bench = Bench(name, steps)
    began = time.perf_counter()
    bench.score(lambda seed: bench.clinic.build((), seed))
    plain = time.perf_counter() - began
    original = bench.scores(lambda seed: bench.clinic.build((), seed), SEEDS)
    found: dict[str, Any] = {"placebo": {"cured": False, "scores": original, "trainings": 0}}
    budget = 0
    for arm in ("mend", "autotrainer", "random", "lower-rate"):
        bench.trainings, began = 0, time.perf_counter()
        if arm == "mend":
            chosen, build = bench.mend()
            budget = bench.trainings
        elif arm == "autotrainer":
            chosen, build = bench.autotrainer()
        elif arm == "random":
            chosen, build = bench.at_random(budget)
        else:
            chosen, build = arm, bench.changed(arm)
        spent, trainings = time.perf_counter() - began, bench.trainings
        found[arm] = {
            "chosen": chosen,
            "changes": 0 if chosen == "nothing" else chosen.count(" + ") + 1,
            "trainings": trainings,
            "times plain": round(spent / plain, 2),
            **judged(bench, build, original),
        }
    return found


def main() -> None:
    """Run the patients, print the table, write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", nargs="*", default=list(DEFAULT))
    parser.add_argument("--all", action="store_true", help="every sick patient of the gallery")
    parser.add_argument("--steps", type=int, default=400)
    options = parser.parse_args()
    names = [p.name for p in PATIENTS if p.sick] if options.all else options.patients
    results: dict[str, Any] = {}
    file = RESULTS / f"repair_{keras.backend.backend()}.json"
    for name in names:
        results[name] = repaired(name, options.steps)
        for arm, row in results[name].items():
            told = "cured" if row["cured"] else "     "
            cost = f"{row.get('trainings', 0):>3} trainings {row.get('times plain', 0):>7} x plain"
            print(f"{name:<28}{arm:<13}{told}  {cost}  {row.get('chosen', '')}", flush=True)
        file.write_text(json.dumps({"steps": options.steps, "patients": results}, indent=1))
    for arm in ("mend", "autotrainer", "random", "lower-rate"):
        cured = [results[name][arm]["cured"] for name in names]
        print(f"{arm:<13} cured {sum(cured)} of {len(cured)}")


if __name__ == "__main__":
    main()
