"""Take longer steps.

## What it changes
The learning rate: the default of the optimizer where it stood below, else ten times.

## When it helps
The median kernel moves by less than a millionth of its size per step.

## When it harms
With a vanishing gradient it moves the last layers only, and breaks them.

## References
Bengio (2012), Practical recommendations for gradient-based training, section 3.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import optimizer_line
from gradmend.treatments._treatment import Treatment
from gradmend.treatments.lower_learning_rate import DEFAULTS

SLOW_UPDATE = 1e-5  # of the weight per step


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription when the steps are short."""
    facts = m.optimizer
    if facts is None or facts.learning_rate is None:
        return
    ratios = [w.update_ratio for w in m.weights if w.role == "kernel" and w.update_ratio]
    if finding.code == "T102" and (not ratios or median(ratios) > SLOW_UPDATE):
        return
    default = DEFAULTS.get(facts.name.lower(), 0.01)
    higher = replace(facts, learning_rate=max(default, facts.learning_rate * 10))
    yield TREATMENT.prescription(
        finding,
        expected="weights move by about a thousandth of their size per step",
        where=(),
        before=(optimizer_line(facts),),
        after=(optimizer_line(higher),),
    )


TREATMENT = Treatment(
    name="raise-learning-rate",
    title="raise the learning rate",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.LEARNING_RATE}),
    never=frozenset({"S101", "S102", "T101", "A101", "A102", "Z102", "S104", "S105"}),
)
