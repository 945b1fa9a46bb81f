"""How many sick programs are cured, by what, and at what cost.

    KERAS_BACKEND=torch python -m benchmarks.repair run [--family real gallery seeded]
        [--split dev] [--cases NAME ...] [--seeds 0] [--minutes 60]
    KERAS_BACKEND=torch python -m benchmarks.repair report

`run` appends one JSON line per case and arm to results/repair_<backend>.jsonl and leaves out what
is there; `--again ARM` runs an arm anew. `report` prints the table and writes it beside
the rows. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from pathlib import Path

from benchmarks.repair.store import RESULTS, Row, append, file_of, rows_in


def main() -> None:
    """Run, or report."""
    options = _parser().parse_args()
    os.environ.setdefault("KERAS_BACKEND", "torch")
    file = file_of(os.environ["KERAS_BACKEND"], options.results)
    if options.command == "report":
        from benchmarks.repair.table import markdown

        text = f"# Repair, {os.environ['KERAS_BACKEND']}\n\n{markdown(rows_in(file))}"
        file.with_suffix(".md").write_text(text)
        print(text)
    else:
        _run(options, file)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("run", "report"))
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--family", nargs="+", default=["real", "gallery", "seeded"])
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--cases", nargs="+", help="only these")
    parser.add_argument("--again", nargs="+", default=[], help="arms to run anew")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--minutes", type=float, default=float("inf"))
    return parser


def _run(options: argparse.Namespace, file: Path) -> None:
    from benchmarks.repair.cases import candidates
    from benchmarks.repair.treat import treated

    end = time.monotonic() + 60.0 * options.minutes
    for family in options.family:
        for candidate in candidates(family, options.split):
            if options.cases and candidate.name not in options.cases:
                continue
            for seed in options.seeds:
                if time.monotonic() > end:
                    return
                known = [
                    row
                    for row in rows_in(file)
                    if (row["case"], row["seed"]) == (candidate.name, seed)
                    and row["arm"] not in options.again
                ]
                for row in treated(candidate, seed, known, lambda: time.monotonic() > end):
                    append(file, row)
                    print(_line(row), flush=True)
                _forget()


def _forget() -> None:
    """Give back the memory of what was compiled for a case."""
    gc.collect()
    if os.environ["KERAS_BACKEND"] == "jax":
        import jax

        jax.clear_caches()


def _line(row: Row) -> str:
    told = row.get("error") or row.get("chosen") or f"{row['truth']} {row.get('findings', '')}"
    cured = "cured" if row.get("cured") else ""
    cost = f"{row['times_plain']:>6} x" if "times_plain" in row else " " * 8
    return f"{row['case']:<32}{row['arm']:<12}{cured:<6}{cost}  {row.get('skills', '')}  {told}"


if __name__ == "__main__":
    main()
