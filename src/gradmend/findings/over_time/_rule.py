"""The shape of a rule over a training: a code, a name and one pure function of the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.training import TrainingRun


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRule:
    """One entry of the table `gradmend.findings.over_time.RUN_RULES`."""

    code: str
    name: str
    check: Callable[[TrainingRun], Iterator[Finding]]

    def found(
        self,
        severity: Severity,
        symptom: Symptom,
        cause: Cause,
        message: str,
        *,
        where: Sequence[str] = (),
        evidence: Sequence[Evidence] = (),
        certain: bool = False,
    ) -> Finding:
        """Return a finding that carries this rule's code and name."""
        return Finding(
            code=self.code,
            name=self.name,
            severity=severity,
            symptom=symptom,
            cause=cause,
            message=message,
            where=tuple(where),
            evidence=tuple(evidence),
            certain=certain,
        )
