"""The arms. Each chooses a repair for a case without a hint, from trainings on the same rows."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations
from types import MappingProxyType
from typing import Any

from benchmarks.repair.bench import NOTHING, Bench, Choice
from benchmarks.repair.menu import MENU, ORDER

import gradmend
from gradmend.mending import Mending
from gradmend.records import Symptom
from gradmend.trials.entry import unchanged

LEARNED = 0.95  # of the loss of the best constant prediction


def mend(bench: Bench, _: float) -> Choice:
    """What `gradmend.mend` proves, with the budget of one training per finalist."""
    model, rows = bench.case.model, bench.rows
    few = (rows.x, rows.y) if bench.few else None
    mending = gradmend.mend(
        model, rows.x, rows.y, few, budget=bench.steps, batch_size=bench.size, progress=False
    )
    steps = [run.steps[-1] for arm in mending.trial.arms for run in arm.runs if run.steps]
    bench.trainings += sum(steps) / bench.steps
    notes = _notes(mending)
    if mending.rebuild is None:
        return replace(bench.original, notes=notes)
    return Choice(
        name=mending.trial.winner or NOTHING,
        build=mending.rebuild,
        changes=len({change.treatment for change in mending.changes}),
        feeding=mending.feeding or unchanged,
        notes=notes,
    )


def _notes(mending: Mending) -> dict[str, Any]:
    arms = mending.trial.arms
    roots = [f for f in mending.visit.findings if f.explained_by is None]
    return {
        "outcome": mending.verdict.value,
        "found": [f"{f.code} {f.cause.value}" for f in roots],
        "prescribed": sorted({p.treatment for p in mending.visit.prescriptions}),
        "scores": {arm.name: arm.error or _rounded(arm.score) for arm in arms},
    }


def _rounded(score: float) -> float | str:
    return round(score, 3) if math.isfinite(score) else "inf"


def autotrainer(bench: Bench, _: float) -> Choice:
    """The first solution, in AUTOTRAINER's published order, after which the network learns."""
    found = bench.visit.findings
    symptom = found[0].symptom if found else Symptom.NOT_LEARNING
    for name in ORDER[symptom]:
        choice = changed(bench, name)
        if bench.share(choice) < LEARNED:
            return choice
    return bench.original


def at_random(bench: Bench, trainings: float) -> Choice:
    """The best of as many draws as `mend` took trainings: single solutions, then pairs."""
    draw = random.Random(0)  # noqa: S311 - a benchmark, no secret
    singles, pairs = [(name,) for name in MENU], list(combinations(MENU, 2))
    draw.shuffle(singles)
    draw.shuffle(pairs)
    tried = [*singles, *pairs][: max(math.ceil(trainings), 1)]
    choices = [changed(bench, *names) for names in tried]
    return min(choices, key=bench.share)


def lower_rate(bench: Bench, _: float) -> Choice:
    """A tenth of the learning rate, whatever is wrong."""
    return changed(bench, "lower-rate")


def placebo(bench: Bench, _: float) -> Choice:
    """The original from other seeds: what luck alone does."""
    return replace(bench.original, name="other seeds", seeds=range(200, 205))


def changed(bench: Bench, *names: str) -> Choice:
    """The original with solutions of the menu."""
    measurements = bench.visit.measurements
    assert measurements is not None

    def build(seed: int) -> Any:
        model = bench.clinic.build((), seed)
        for name in names:
            model = MENU[name](model, measurements, seed)
        return model

    return Choice(name=" + ".join(names), build=build, changes=len(names))


# Takes the bench and how many trainings `mend` took; each chooses by itself.
ARMS: Mapping[str, Callable[[Bench, float], Choice]] = MappingProxyType(
    {
        "mend": mend,
        "autotrainer": autotrainer,
        "random": at_random,
        "lower-rate": lower_rate,
        "placebo": placebo,
    }
)
