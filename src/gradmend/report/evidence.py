"""The numbers behind a finding: those that matter, none that its message has said already."""

from __future__ import annotations

import math
import re

from gradmend.records import Evidence, Finding
from gradmend.report.words import number, plain

MOST = 4
MINOR = frozenset({"fit of one slope", "calls", "samples and positions", "real steps", "units"})
SILENT_UNITS = frozenset({"", "1", "count", "loss", "label"})
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
ROUNDINGS = (".2g", ".3g", ".0f", ".1f", ".1e")  # those of the messages


def evidence_of(finding: Finding) -> str:
    """Return the numbers in one text, empty when the message holds them all."""
    numbers = [e for e in finding.evidence if e.name not in MINOR and not _said(e, finding.message)]
    return ", ".join(proof(evidence) for evidence in numbers[:MOST])


def proof(evidence: Evidence) -> str:
    """Return one number with its name and unit, nothing said twice.

    Example:
        >>> proof(Evidence(name="dead units", value=0.95, unit="share"))
        'dead units 95 %'
        >>> proof(Evidence(name="real_steps", value=60.0, unit="steps"))
        'real steps 60'
        >>> proof(Evidence(name="spectral radius", value=1.43, unit="1 per step"))
        'spectral radius 1.43 per step'
    """
    name, unit = plain(evidence.name).replace("_", " "), plain(evidence.unit)
    if unit == "share" and math.isfinite(evidence.value):
        return f"{name} {number(100.0 * evidence.value)} %"
    said = unit in SILENT_UNITS or name.endswith(unit) or name.startswith(f"{unit} ")
    return f"{name} {number(evidence.value)} {'' if said else unit.removeprefix('1 ')}".rstrip()


def _said(evidence: Evidence, message: str) -> bool:
    """Whether the message holds this number, as it is rounded there, or as a percentage."""
    told = {float(text) for text in NUMBER.findall(message)}
    values = (
        [evidence.value, 100.0 * evidence.value] if evidence.unit == "share" else [evidence.value]
    )
    return any(float(f"{value:{form}}") in told for value in values for form in ROUNDINGS)
