"""The results: one JSON line per case, seed and arm, so that a run can be cut off at any time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]
RESULTS = Path(__file__).parent / "results"


def file_of(backend: str, folder: Path = RESULTS) -> Path:
    """Where the rows of a backend lie."""
    return folder / f"repair_{backend}.jsonl"


def rows_in(file: Path) -> list[Row]:
    """All rows; of a case, seed and arm that was run again, the last one."""
    if not file.exists():
        return []
    read = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
    return list({(row["case"], row["seed"], row["arm"]): row for row in read}.values())


def append(file: Path, row: Row) -> None:
    """Write one row at the end."""
    file.parent.mkdir(exist_ok=True, parents=True)
    with file.open("a") as text:
        text.write(json.dumps(row) + "\n")
