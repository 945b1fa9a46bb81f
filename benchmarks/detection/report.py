"""Judge the stored cases again and write the tables. Trains nothing: it takes seconds.

    python -m benchmarks.detection.report [--records FOLDER] [--misjudged] [--split dev]

Prints the tables and writes results/detection_<backend>.json and .md. `--misjudged` prints the
cases that went wrong instead, with the numbers that matter; never those of the split-off part.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.detection.collect import RECORDS, records_in
from benchmarks.detection.judge import Judged, judged
from benchmarks.detection.misjudged import misjudged
from benchmarks.detection.table import by_fault, figures, markdown, published

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Judge, count, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=Path, default=RECORDS)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--backend", default="torch")
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--misjudged", action="store_true")
    arguments = parser.parse_args()
    records = [r for r in records_in(arguments.records) if r["backend"] == arguments.backend]
    cases = [case for case in judged(records) if arguments.split in (None, case.record["split"])]
    if arguments.misjudged:
        print("\n".join(misjudged([c for c in cases if c.record["split"] == "dev"])))
        return
    results = summed_up(cases, arguments.backend)
    arguments.results.mkdir(exist_ok=True)
    target = arguments.results / f"detection_{arguments.backend}.json"
    target.write_text(json.dumps(results, indent=1) + "\n")
    target.with_suffix(".md").write_text(markdown(results))
    print(markdown(results))


def summed_up(cases: Sequence[Judged], backend: str) -> dict[str, Any]:
    """All figures of both splits."""
    seeds = sorted({case.record["seed"] for case in cases})
    splits: dict[str, Any] = {}
    for split in ("dev", "test"):
        inside = [case for case in cases if case.record["split"] == split]
        if inside:
            splits[split] = figures(inside) | {"published": published(inside)}
    splits["all"] = figures(cases) | {"published": published(cases)}
    return {
        "about": f"{backend}, {len(seeds)} seed{'s' if len(seeds) > 1 else ''}",
        "splits": splits,
        "faults": by_fault(cases),
    }


if __name__ == "__main__":
    main()
