"""Do two backends say the same of the same cases? Trains nothing.

    python -m benchmarks.detection.agreement --records FOLDER [FOLDER ...] --backends jax torch

A case is trained afresh on each backend, with its own random numbers. Two trainings of one case
may therefore end differently: such pairs are counted apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.detection.collect import RECORDS, records_in
from benchmarks.detection.judge import Judged, judged
from benchmarks.detection.table import percent, share

SAME_SKILL = 0.2  # skills further apart are different trainings


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One case and seed on two backends."""

    one: Judged
    other: Judged

    @property
    def verdict(self) -> bool:
        """Whether both are given the same verdict."""
        return self.one.visit.verdict is self.other.visit.verdict

    @property
    def cause(self) -> bool:
        """Whether the finding at the first place names the same cause, or both have none."""
        return _cause(self.one) == _cause(self.other)

    @property
    def trained_alike(self) -> bool:
        """Whether both trainings ended with about the same skill; unknown skills count as alike."""
        skills = self.one.record["skill"], self.other.record["skill"]
        return None in skills or abs(skills[0] - skills[1]) <= SAME_SKILL


def _cause(case: Judged) -> str | None:
    return case.root.cause.value if case.root is not None else None


def pairs_of(records: Sequence[dict[str, Any]], one: str, other: str) -> list[Pair]:
    """The cases that were trained on both backends, by name and seed."""
    found = {(c.record["name"], c.record["seed"], c.record["backend"]): c for c in judged(records)}
    return [
        Pair(one=case, other=found[name, seed, other])
        for (name, seed, backend), case in found.items()
        if backend == one and (name, seed, other) in found
    ]


def refused(pair: Pair) -> bool:
    """Whether a backend raised before the first step: there is no training to compare."""
    return "refused" in (pair.one.truth, pair.other.truth)


def counted(pairs: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    """How many pairs agree: in all, and among those whose trainings ended alike."""
    refusals = sum(refused(pair) for pair in pairs)
    pairs, every = [pair for pair in pairs if not refused(pair)], len(pairs)
    alike = [pair for pair in pairs if pair.trained_alike]
    sick = [pair for pair in alike if pair.one.detected and pair.other.detected]
    return {
        "refused by a backend": share(refusals, every),
        "trained alike": share(len(alike), len(pairs)),
        "same verdict": share(sum(p.verdict for p in pairs), len(pairs)),
        "same verdict, trained alike": share(sum(p.verdict for p in alike), len(alike)),
        "same root cause, sick on both": share(sum(p.cause for p in sick), len(sick)),
    }


def lines(pairs: Sequence[Pair]) -> list[str]:
    """The counts, and a line for each pair that differs; of the split-off part the counts only."""
    told = [f"- {name}: {percent(cell)}" for name, cell in counted(pairs).items()]
    odd = [
        p for p in pairs if not refused(p) and (not p.verdict or (p.one.detected and not p.cause))
    ]
    return told + [_line(p) for p in odd if p.one.record["split"] == "dev"]


def _line(pair: Pair) -> str:
    sides = " | ".join(
        f"{case.record['backend']}: skill {case.record['skill']}, {case.visit.verdict.value} "
        f"{[(f.code, f.cause.value) for f in case.visit.findings if f.explained_by is None]}"
        for case in (pair.one, pair.other)
    )
    return f"- {pair.one.record['name']} s{pair.one.record['seed']}: {sides}"


def main() -> None:
    """Compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=Path, nargs="+", default=[RECORDS])
    parser.add_argument("--backends", nargs=2, default=["jax", "torch"])
    arguments = parser.parse_args()
    records = [record for folder in arguments.records for record in records_in(folder)]
    pairs = pairs_of(records, *arguments.backends)
    print(f"{len(pairs)} cases on {' and '.join(arguments.backends)}")
    print("\n".join(lines(pairs)))


if __name__ == "__main__":
    main()
