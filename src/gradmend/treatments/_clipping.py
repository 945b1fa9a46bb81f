"""What the three ways to clip have in common: one keyword of the optimizer."""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Prescription
from gradmend.treatments._keras_lines import optimizer_line
from gradmend.treatments._treatment import Treatment


def clipped_by(
    treatment: Treatment, m: Measurements, finding: Finding, **argument: str
) -> Iterator[Prescription]:
    """Yield one prescription for an optimizer that does not clip yet."""
    facts = m.optimizer
    if facts is None or facts.global_clipnorm or facts.clipnorm or facts.clipvalue:
        return
    yield treatment.prescription(
        finding,
        expected="no single batch can throw the weights away",
        where=(),
        before=(optimizer_line(facts),),
        after=(optimizer_line(facts, **argument),),
    )
