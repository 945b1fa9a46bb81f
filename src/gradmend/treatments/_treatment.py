"""The shape of a treatment: a name, what it answers, and one function that prescribes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription


@dataclass(frozen=True, kw_only=True, slots=True)
class Treatment:
    """One entry of the table `gradmend.treatments.TREATMENTS`.

    It is asked about findings whose cause is in `causes`, and never about those whose
    code is in `never`: the known wrong cures. `apply` is for treatments of other packages:
    (model, prescription, material) -> model; without it the treatment is advice, and `mend` cannot
    try it.
    """

    name: str
    title: str
    grade: Grade
    prescribe: Callable[[Measurements, Finding], Iterator[Prescription]]
    causes: frozenset[Cause]
    never: frozenset[str] = frozenset()
    apply: Callable[[Any, Prescription, Any], Any] | None = None

    @property
    def module(self) -> str:
        """The module that holds the treatment; its docstring is the page."""
        return self.prescribe.__module__

    def answers(self, finding: Finding) -> bool:
        """Whether this treatment may be worth trying for a finding."""
        return finding.cause in self.causes and finding.code not in self.never

    def prescription(
        self,
        finding: Finding,
        *,
        expected: str,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
        where: Sequence[str] | None = None,
        title: str | None = None,
    ) -> Prescription:
        """Return a prescription that carries this treatment's name, title and grade."""
        return Prescription(
            treatment=self.name,
            title=title or self.title,
            grade=self.grade,
            answers=finding.code,
            where=finding.where if where is None else tuple(where),
            expected=expected,
            before=tuple(before),
            after=tuple(after),
        )
