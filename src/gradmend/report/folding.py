"""Findings grouped by root: what follows from another finding stands beneath it."""

from __future__ import annotations

from collections.abc import Sequence

from gradmend.records import Finding, Measurements, Verdict, Visit
from gradmend.report.blocks import FindingBlock
from gradmend.report.evidence import evidence_of
from gradmend.report.place import place_of
from gradmend.report.words import CAUSES, SEVERITY_TONES, plain


def roots(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that no other finding of the visit explains, in their order."""
    return tuple(finding for finding in findings if _root(finding, findings) is finding)


def blocks_of(visit: Visit) -> tuple[FindingBlock, ...]:
    """Return one block per root, its consequences folded beneath it.

    Place and cause of the first root stand in the headline, and are not told again.
    """
    found = roots(visit.findings)
    folded: dict[int, list[Finding]] = {id(root): [] for root in found}
    for finding in visit.findings:
        root = _root(finding, visit.findings)
        if root is not finding:
            folded[id(root)].append(finding)
    told = visit.verdict in (Verdict.SICK, Verdict.WATCH)
    return tuple(
        _block(root, folded[id(root)], "" if told and i == 0 else _where(root, visit.measurements))
        for i, root in enumerate(found)
    )


def _root(finding: Finding, findings: Sequence[Finding]) -> Finding:
    """Climb `explained_by`; in a circle, the finding that stands first is the root."""
    climbed = [finding]
    while (parent := _parent(climbed[-1], findings)) is not None:
        if any(parent is seen for seen in climbed):
            return min(climbed, key=lambda f: next(i for i, g in enumerate(findings) if g is f))
        climbed.append(parent)
    return climbed[-1]


def _parent(finding: Finding, findings: Sequence[Finding]) -> Finding | None:
    return next((f for f in findings if f.code == finding.explained_by and f is not finding), None)


def _where(finding: Finding, m: Measurements | None) -> str:
    place = place_of(finding, m)
    return f"{place}{'; ' if place else ''}cause: {CAUSES[finding.cause]}"


def _block(finding: Finding, consequences: Sequence[Finding], where: str) -> FindingBlock:
    facts = [("where", where), ("evidence", evidence_of(finding))]
    return FindingBlock(
        code=plain(finding.code),
        name=plain(finding.name),
        severity=finding.severity.value,
        tone=SEVERITY_TONES[finding.severity],
        message=plain(finding.message),
        facts=tuple((label, text) for label, text in facts if text),
        layers=tuple(plain(name) for name in finding.where),
        consequences=tuple(f"{plain(f.code)} {plain(f.message)}" for f in consequences),
    )
