"""Hold the weights back while they train.

## What it changes
`weight_decay=0.001` in the optimizer, or an L2 penalty on kernels.

## When it helps
Weights have drifted upward and saturate their units. Measured, five tanh layers from
N(0, 0.5): 0.90 without, 0.95 with L2 0.01.

## When it harms
Too much of it keeps tanh in its linear part and kills deep networks (L2 0.1: 0.06). It does
not cure a learning rate that is too high. Before a normalization it has another meaning.

## References
Krogh & Hertz (1991), A simple weight decay can improve generalization, NIPS.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import optimizer_line
from gradmend.treatments._treatment import Treatment


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for saturated units of a trained network."""
    if m.optimizer is None or m.optimizer.weight_decay or finding.code != "A102":
        return
    yield TREATMENT.prescription(
        finding,
        expected="weights shrink until fewer units are saturated",
        where=(),
        before=(optimizer_line(m.optimizer),),
        after=(optimizer_line(m.optimizer, weight_decay="0.001"),),
    )


TREATMENT = Treatment(
    name="weight-decay",
    title="add weight decay",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.REGULARIZATION, Cause.LEARNING_RATE}),
)
