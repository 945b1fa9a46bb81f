"""Keep the learning rate where the schedule begins.

## What it changes
A constant learning rate in place of the schedule: its first value.

## When it helps
The schedule counts in steps what was meant in epochs, and takes the rate away before anything is
learned. Once the model learns, a decay over the whole training can come back.

## When it harms
The last percent of accuracy comes from a rate that falls in the end. A first value that is too
high, or the zero of a warm-up, stays what it is.

## References
Bengio (2012), Practical recommendations for gradient-based training of deep architectures,
section 3.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import optimizer_line
from gradmend.treatments._treatment import Treatment


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for a schedule that fades."""
    facts = m.optimizer
    if finding.code != "S105" or facts is None or not facts.learning_rate:
        return
    yield TREATMENT.prescription(
        finding,
        expected="the steps of the whole training move the weights, not the first few alone",
        where=(),
        before=(f"{facts.name}(learning_rate=schedule)",),
        after=(optimizer_line(facts),),
    )


TREATMENT = Treatment(
    name="keep-learning-rate",
    title="keep the learning rate of the first step",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.LEARNING_RATE}),
)
