"""Findings to prescribe for."""

from __future__ import annotations

from gradmend.records import Cause, Finding, Severity, Symptom


def finding(code: str, cause: Cause, *where: str) -> Finding:
    """An error with this code and cause."""
    return Finding(
        code=code,
        name="some-pattern",
        severity=Severity.ERROR,
        symptom=Symptom.NOT_LEARNING,
        cause=cause,
        message="something is off (limit 1 unit)",
        where=where,
    )
