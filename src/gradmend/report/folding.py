"""Findings grouped by root: what follows from another finding stands beneath it."""

from __future__ import annotations

from collections.abc import Sequence

from gradmend.records import Finding
from gradmend.report.blocks import FindingBlock
from gradmend.report.words import CAUSES, SEVERITY_TONES, SYMPTOMS, places, plain, proof


def roots(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that no other finding of the visit explains, in their order."""
    return tuple(finding for finding in findings if _root(finding, findings) is finding)


def blocks_of(findings: Sequence[Finding]) -> tuple[FindingBlock, ...]:
    """Return one block per root, its consequences folded beneath it."""
    folded: dict[int, list[Finding]] = {id(root): [] for root in roots(findings)}
    for finding in findings:
        root = _root(finding, findings)
        if root is not finding:
            folded[id(root)].append(finding)
    return tuple(_block(root, folded[id(root)]) for root in roots(findings))


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


def _block(finding: Finding, consequences: Sequence[Finding]) -> FindingBlock:
    facts = [
        ("where", places(finding.where)),
        ("evidence", ", ".join(proof(evidence) for evidence in finding.evidence)),
        ("symptom", f"{SYMPTOMS[finding.symptom]}; cause: {CAUSES[finding.cause]}"),
    ]
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
