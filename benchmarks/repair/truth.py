"""Whether a candidate is sick in truth, and whether gradmend sees it."""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
from benchmarks.detection.attend import attended
from benchmarks.detection.cases import Entry
from benchmarks.detection.judge import judged_again, truth_of
from benchmarks.repair.cases import Candidate

import gradmend
from gradmend.records import Visit
from gradmend.records.codec import decode


def told(candidate: Candidate, seed: int) -> dict[str, Any]:
    """Train a candidate as its author did: the truth, and what `gradmend run` says of it.

    A patient of the gallery is sick by what is known of it, and is looked at by `check`.
    """
    if candidate.entry is None:
        keras.backend.clear_session()
        visit = gradmend.check(*candidate.build(seed)).visit
        return {"truth": "sick", **_said(visit)}
    record = attended(candidate.entry, seed)
    if record is None:
        return {"truth": "no place for the fault"}
    twin = None if candidate.twin is None else _skill(candidate.twin, seed)
    visit = judged_again(decode(record["visit"], Visit))
    return {"truth": truth_of(record, twin), "skill": record["skill"], **_said(visit)}


@cache
def _skill(twin: Entry, seed: int) -> float | None:
    record = attended(twin, seed)
    return None if record is None else record["skill"]


def _said(visit: Visit) -> dict[str, Any]:
    roots = [f for f in visit.findings if f.explained_by is None]
    return {
        "verdict": visit.verdict.value,
        "findings": [f"{f.code} {f.cause.value}" for f in roots],
    }
