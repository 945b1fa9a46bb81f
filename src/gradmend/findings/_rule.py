"""The shape of a rule: a code, a name and one pure function over measurements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What every rule has, whatever it judges: the code and the name its findings carry."""

    code: str
    name: str

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule(Named):
    """One entry of the table `gradmend.findings.RULES`.

    `explains` names the codes of findings that follow from this one when both are
    present, and `unless` the codes that make this rule stay silent. `before` is for rules of other
    packages: the code in the table that this one stands before, as its cause. `check` never
    raises on a field that is None: what was not measured is not judged.
    """

    check: Callable[[Measurements], Iterator[Finding]]
    explains: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    since: str = "0.1.0"
    before: str | None = None

    @property
    def module(self) -> str:
        """The module that holds the rule; its docstring is the page."""
        return self.check.__module__
