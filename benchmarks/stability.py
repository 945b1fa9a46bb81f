"""Is every patient of the gallery told the same from other starting weights? Can be resumed.

    KERAS_BACKEND=torch python -m benchmarks.stability [--seeds 10] [--names sigmoid-30 ...]
        [--visits FILE]

Each small patient is checked, and each one whose answer only a training shows is trained, once
per seed. A patient is right when every seed is given an answer that the gallery knows, and the
same when all seeds are given one verdict and one first cause. A seed-dependent patient says so and
is listed apart. The answers are kept in FILE, one line a visit; the counts go to
benchmarks/results/stability_BACKEND.json.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gradmend.gallery import PATIENTS, TRAINED, Patient, TrainedPatient
from gradmend.records import Visit

RESULTS = Path(__file__).parent / "results"
Entry = Patient | TrainedPatient
SMALL: tuple[Entry, ...] = (*(patient for patient in PATIENTS if not patient.large), *TRAINED)


def answered(entry: Entry, visit: Visit) -> dict[str, Any]:
    """What one visit said, and whether the gallery's known answer allows it."""
    first = visit.findings[0] if visit.findings else None
    sick = visit.verdict.value == "sick"
    right = visit.verdict in entry.verdicts and (
        not sick or (first is not None and first.cause in entry.causes)
    )
    return {
        "verdict": visit.verdict.value,
        "code": first.code if first else None,
        "cause": first.cause.value if first and sick else None,
        "right": right,
    }


def visited(entry: Entry, seed: int) -> Visit:
    """Check the patient, or train it, from the weights of one seed."""
    if isinstance(entry, TrainedPatient):
        from gradmend.cli.demo import trained_visit

        return trained_visit(entry, seed)
    from gradmend import check

    return check(*entry.build(seed)).visit


def counted(entries: Sequence[Entry], visits: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many patients are right and the same on all their seeds, and those that are not."""
    known = {entry.name: entry for entry in entries}
    told: dict[str, list[Mapping[str, Any]]] = {}
    for visit in visits:
        if visit["name"] in known:
            told.setdefault(visit["name"], []).append(visit)
    steady = {name: rows for name, rows in told.items() if not known[name].seed_dependent}
    return {
        "patients": len(told),
        "visits": sum(len(rows) for rows in told.values()),
        "seed-dependent, and says so": len(told) - len(steady),
        "right on every seed": sum(all(row["right"] for row in rows) for rows in steady.values()),
        "one verdict and cause": sum(len(_answers(rows)) == 1 for rows in steady.values()),
        "differs": {n: dict(_answers(rows)) for n, rows in told.items() if len(_answers(rows)) > 1},
        "wrong": {
            name: [row["seed"] for row in rows if not row["right"]]
            for name, rows in told.items()
            if not all(row["right"] for row in rows)
        },
    }


def _answers(rows: Sequence[Mapping[str, Any]]) -> Counter[str]:
    return Counter(f"{row['verdict']}: {row['cause'] or 'nothing'}" for row in rows)


def main() -> None:
    """Visit what was not visited yet; count, print, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--names", nargs="+")
    parser.add_argument("--visits", type=Path)
    arguments = parser.parse_args()
    backend = os.environ.setdefault("KERAS_BACKEND", "torch")
    file = arguments.visits or RESULTS / f"stability_{backend}.visits.jsonl"
    entries = [e for e in SMALL if not arguments.names or e.name in arguments.names]
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    known = {(row["name"], row["seed"]) for row in rows}
    for seed in range(arguments.seeds):
        for entry in entries:
            if (entry.name, seed) not in known:
                rows.append(
                    {"name": entry.name, "seed": seed} | answered(entry, visited(entry, seed))
                )
                with file.open("a") as text:
                    text.write(json.dumps(rows[-1]) + "\n")
                gc.collect()
    found = {"backend": backend, "seeds": arguments.seeds} | counted(entries, rows)
    print(json.dumps(found, indent=2))
    (RESULTS / f"stability_{backend}.json").write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
