"""The JSON of a whole `gradmend run`; `docs/reference/run-json.md` describes every field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gradmend.records import Verdict, Visit
from gradmend.records.codec import encode

SCHEMA = "gradmend.run/1"


def fit_data(visit: Visit, *, number: int, where: str, calls: int = 1) -> dict[str, Any]:
    """Return one fit as JSON-safe data: where it stood, and everything of its visit."""
    data = encode(visit)
    measured = data["measurements"]
    return {
        "number": number,
        "where": where,
        "calls": calls,
        "verdict": data["verdict"],
        "reason": data["reason"],
        "certainty": data["certainty"],
        "findings": data["findings"],
        "prescriptions": data["prescriptions"],
        "course": measured.pop("course") if measured else None,
        "measurements": measured,
    }


def run_text(
    *,
    verdict: Verdict,
    reason: str,
    script: str,
    exit_code: int,
    error: str | None,
    fits: Sequence[dict[str, Any]],
) -> str:
    """Return the run as strict JSON text; `fits` come from `fit_data`."""
    data = {
        "schema": SCHEMA,
        "verdict": verdict.value,
        "reason": reason,
        "script": script,
        "exit_code": exit_code,
        "error": error,
        "fits": list(fits),
    }
    return json.dumps(data, indent=2, allow_nan=False) + "\n"
