"""All arms on one case, row by row; what is there already is not done again."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence

from benchmarks.repair.arms import ARMS
from benchmarks.repair.bench import NOTHING, Bench, Choice
from benchmarks.repair.cases import Candidate
from benchmarks.repair.judging import better_seeds, is_cured, learns_by_itself
from benchmarks.repair.store import Row
from benchmarks.repair.truth import told

ORIGINAL = "original"
LEARNS = "learns by itself"  # given as many steps as every arm


def treated(
    candidate: Candidate, seed: int, known: Sequence[Row], over: Callable[[], bool] = lambda: False
) -> Iterator[Row]:
    """Yield the rows of a case that are not known yet; a crash is a row with its reason."""
    have = {row["arm"]: row for row in known}
    names = {"case": candidate.name, "family": candidate.family, "split": candidate.split}
    bench: Bench | None = None
    original = have.get(ORIGINAL)
    if original is None:
        bench, row = _begun(candidate, seed)
        original = {**names, "seed": seed, "arm": ORIGINAL, **row}
        yield original
    if original.get("error") or original["truth"] != "sick":
        return
    for arm in ARMS:
        if arm in have or over():
            continue
        bench = bench or Bench(candidate, seed)
        have[arm] = {**names, "seed": seed, "arm": arm, **_row(bench, arm, original, have)}
        yield have[arm]


def _begun(candidate: Candidate, seed: int) -> tuple[Bench | None, Row]:
    try:
        row = told(candidate, seed)
        if row["truth"] != "sick":
            return None, row
        bench = Bench(candidate, seed)
        skills = bench.skills(bench.original)
    except Exception as error:  # noqa: BLE001 - one broken case must not end the others
        return None, _crashed(error)
    row |= {"skills": skills, "steps": bench.steps, "seconds": round(bench.plain, 2)}
    return bench, row | ({"truth": LEARNS} if learns_by_itself(skills) else {})


def _row(bench: Bench, arm: str, original: Row, have: dict[str, Row]) -> Row:
    bench.trainings, began = 0.0, time.perf_counter()
    try:
        choice = ARMS[arm](bench, have.get("mend", {}).get("trainings", 0.0))
        spent = time.perf_counter() - began
        unchanged = choice.name == NOTHING
        after = original["skills"] if unchanged else bench.skills(choice)
    except Exception as error:  # noqa: BLE001 - an arm that breaks has cured nothing
        return {**_crashed(error), "cured": False}
    return {
        **_chosen(choice),
        "trainings": round(bench.trainings, 1),
        "seconds": round(spent, 2),
        "times_plain": round(spent / max(original["seconds"], 1e-9), 1),
        "skills": after,
        "better": better_seeds(original["skills"], after),
        "cured": not unchanged and is_cured(original["skills"], after),
    }


def _chosen(choice: Choice) -> Row:
    notes = {} if choice.notes is None else {"notes": choice.notes}
    return {"chosen": choice.name, "changes": choice.changes, **notes}


def _crashed(error: Exception) -> Row:
    traceback.print_exception(error)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return {"error": f"{type(error).__name__}: {' '.join(lines)[:300]}"}
