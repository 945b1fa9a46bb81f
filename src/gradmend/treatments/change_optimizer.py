"""Let every weight have a step length of its own (Adam).

## What it changes
SGD becomes Adam at its default rate, 0.001.

## When it helps
Gradients are small everywhere, or of very different size from layer to layer, and not zero:
Adam divides the size out. Measured, 30 ReLU layers with `glorot_uniform`: gradients 1.5e-6
of the weights, and Adam still reaches 0.79 to 0.95.

## When it harms
Gradients below Adam's epsilon of 1e-7 stay lost. It hides the scale of inputs and targets
(R2 0.11 in place of 0.91), and an exploding recurrence stays bad (33 to 57 in place of 0.02).

## References
Kingma & Ba (2015), Adam: a method for stochastic optimization, ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import optimizer_line
from gradmend.treatments._treatment import Treatment

PLAIN = frozenset({"sgd"})
CODES = frozenset({"V101", "V102", "S103", "T102"})


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for plain SGD whose gradients are too small."""
    facts = m.optimizer
    if facts is None or facts.name.lower() not in PLAIN or finding.code not in CODES:
        return
    yield TREATMENT.prescription(
        finding,
        expected="every layer takes steps of one size, however small its gradient",
        where=(),
        before=(optimizer_line(facts),),
        after=("Adam(learning_rate=0.001)",),
    )


TREATMENT = Treatment(
    name="change-optimizer",
    title="use Adam",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.DEPTH, Cause.INITIALIZER, Cause.LEARNING_RATE, Cause.ACTIVATION}),
)
