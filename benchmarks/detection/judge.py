"""Judges stored cases: which are sick in truth, and what gradmend says of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from gradmend.checkup import conclude
from gradmend.findings import diagnose, needs_second_look
from gradmend.records import Finding, Measurements, Verdict, Visit
from gradmend.records.codec import decode

LEARNED = 0.5  # skill of a healthy base: below it the twin proves nothing
HALF, NEARLY = 0.5, 0.9  # of the twin's skill
HEALTHY_KINDS = ("base", "variation", "gallery")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One case with its truth and gradmend's answer.

    `truth` is sick, hurt (learned less than its twin), survived (as well as its twin), healthy,
    refused (the backend raised before the first step: its author knows already), or unfit (a
    healthy program that did not learn on this seed). The last two are not counted.
    """

    record: dict[str, Any]
    truth: str
    visit: Visit
    measurements: Measurements | None

    @property
    def root(self) -> Finding | None:
        """The finding at the first place."""
        return self.visit.findings[0] if self.visit.findings else None

    @property
    def detected(self) -> bool:
        """Whether gradmend calls the case sick."""
        return self.visit.verdict is Verdict.SICK

    @property
    def cause_right(self) -> bool:
        """Whether the finding at the first place names a right cause."""
        return self.root is not None and self.root.cause.value in self.record["causes"]

    @property
    def layer_right(self) -> bool | None:
        """Whether the root finding points at a layer that holds the fault; None where none does."""
        if not self.record["faulty"] or self.root is None or not self.root.where:
            return None
        named = {part for place in self.root.where for part in place.split("#")[0].split("/")}
        return bool(named & set(self.record["faulty"]))


def judged(records: Iterable[dict[str, Any]]) -> list[Judged]:
    """Judge every record with the rules as they stand now."""
    records = list(records)
    twins = {
        (r["base"], r["seed"], r["backend"]): r["skill"] for r in records if r["kind"] == "base"
    }
    return [_one(r, twins.get((r["base"], r["seed"], r["backend"]))) for r in records]


def _one(record: dict[str, Any], twin: float | None) -> Judged:
    visit = judged_again(decode(record["visit"], Visit))
    return Judged(
        record=record, truth=truth_of(record, twin), visit=visit, measurements=visit.measurements
    )


def truth_of(record: dict[str, Any], twin: float | None) -> str:
    """The truth about a record, beside the skill of its healthy twin."""
    kind, skill = record["kind"], record["skill"]
    if record["error"] and not record["skills"]:
        return "refused"
    if kind == "gallery":
        return "healthy"
    if kind == "base":
        return "healthy" if skill >= LEARNED else "unfit"
    if kind == "real":
        return "sick" if skill < LEARNED else "survived"
    return "unfit" if twin is None or twin < LEARNED else _beside(twin, skill, kind)


def _beside(twin: float, skill: float, kind: str) -> str:
    """The truth about a program that was changed, beside the one it was made of."""
    if kind == "variation":
        return "healthy" if skill >= NEARLY * twin else "unfit"
    return "sick" if skill <= HALF * twin else "hurt" if skill < NEARLY * twin else "survived"


def judged_again(visit: Visit) -> Visit:
    """What gradmend says now of what was seen then, as `gradmend run` would say it."""
    m = visit.measurements
    if m is None:
        return visit
    if m.rehearsal is not None:
        alone = replace(m, rehearsal=None, course=None)
        if not needs_second_look(diagnose(alone), alone):
            m = replace(m, rehearsal=None)
    new = conclude(m).visit
    bare = not m.calls  # only the loss was followed: that it went well proves nothing
    if bare and new.verdict not in {Verdict.SICK, Verdict.WATCH}:
        return replace(new, verdict=Verdict.UNKNOWN, reason=visit.reason)
    return new
