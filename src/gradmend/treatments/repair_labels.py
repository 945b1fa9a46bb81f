"""Count the labels as the loss reads them.

## What it changes
The labels that are given to `fit`, or the number of units of the output.

## When it helps
Classes counted from 1, -1/1 for binary cross-entropy, pixels of 0..255 as its targets, more
classes than units. The last of these `mend` leaves to you.

## When it harms
Labels that mean "none" must be masked (`ignore_class`), not shifted. Predictions then count as the
new labels do.

## References
Keras documentation, `keras.losses.SparseCategoricalCrossentropy`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradmend.records.facts import OutputFacts
from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """The range of the labels of an output, and how many different ones there are."""

    smallest: float
    largest: float
    distinct: int


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription per output whose labels are off."""
    for output in m.outputs:
        target, where = output.target, output.layer or output.name
        if where not in finding.where or target is None:
            continue
        labels = Labels(smallest=target.smallest, largest=target.largest, distinct=target.distinct)
        yield TREATMENT.prescription(
            finding,
            expected="every label names a unit of the output, and the loss has a minimum",
            where=(where,),
            before=(f"y in {target.smallest:g}..{target.largest:g}",),
            after=(line_for(output, labels),),
        )


def reads_classes(output: OutputFacts) -> bool:
    """Whether the loss reads whole numbers, one per class."""
    return output.loss == "sparse_categorical_crossentropy"


def line_for(output: OutputFacts, labels: Labels) -> str:
    """The line that brings labels of this range into that of the loss."""
    low, high = labels.smallest, labels.largest
    if reads_classes(output):
        count = int(high - low) + 1
        return f"Dense({count}, ...)" if count > output.units else f"y = y - {low:g}"
    if labels.distinct <= 2:
        return f"y = (y > {max(low, 0.0) if high > 0.0 else low:g}).astype(int)"
    return f"y = (y - {low:g}) / {high - low:g}"


TREATMENT = Treatment(
    name="repair-labels",
    title="bring labels into the range of the loss",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.LABELS}),
)
