"""Train all cases and keep what was seen, one file per case, seed and backend. Can be resumed.

KERAS_BACKEND=torch python -m benchmarks.detection.collect [--seeds 0 1 2] [--split dev]
    [--kinds base real seeded] [--names digits+rate-zero] [--records FOLDER]
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

RECORDS = Path(__file__).parent / "records"


def file_of(folder: Path, name: str, seed: int, backend: str) -> Path:
    """Where the record of one case lies."""
    return folder / f"{name.replace(' ', '_')}.{seed}.{backend}.json.gz"


def records_in(folder: Path) -> list[dict[str, Any]]:
    """All records of a folder, by name and seed."""
    found = []
    for file in sorted(folder.glob("*.json.gz")):
        with gzip.open(file, "rt") as text:
            found.append(json.load(text))
    return found


def main() -> None:
    """Train what was not trained yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--kinds", nargs="+")
    parser.add_argument("--names", nargs="+")
    parser.add_argument("--records", type=Path, default=RECORDS)
    arguments = parser.parse_args()
    os.environ.setdefault("KERAS_BACKEND", "torch")
    from benchmarks.detection.cases import entries

    arguments.records.mkdir(exist_ok=True, parents=True)
    wanted = [
        entry
        for entry in entries()
        if (arguments.split in (None, entry.split) or entry.kind == "base")
        and (not arguments.kinds or entry.kind in arguments.kinds)
        and (not arguments.names or entry.name in arguments.names)
    ]
    for seed in arguments.seeds:
        for entry in wanted:
            _collect(entry, seed, arguments.records)


def _collect(entry: Any, seed: int, folder: Path) -> None:
    from benchmarks.detection.attend import attended

    target = file_of(folder, entry.name, seed, os.environ["KERAS_BACKEND"])
    if target.exists():
        return
    try:
        record = attended(entry, seed)
    except Exception:  # noqa: BLE001  # one broken case must not end the others
        print(f"{entry.name} seed {seed}:", file=sys.stderr)
        traceback.print_exc()
        return
    if record is not None:
        part = target.with_suffix(".part")
        with gzip.open(part, "wt") as text:
            json.dump(record, text)
        part.rename(target)
        print(
            f"{entry.name:40s} {seed} skill {record['skill']} {record['seconds']:.1f} s", flush=True
        )
    gc.collect()


if __name__ == "__main__":
    main()
