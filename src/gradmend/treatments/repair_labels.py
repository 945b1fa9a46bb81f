"""Count the labels as the loss reads them.

## What it changes
The labels that are given to `fit`, or the number of units of the output.

## When it helps
Classes counted from 1, -1/1 for binary cross-entropy, more classes than units.

## When it harms
Labels that mean "none" must be masked (`ignore_class`), not shifted.

## References
Keras documentation, `keras.losses.SparseCategoricalCrossentropy`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription per output whose labels are off."""
    for output in m.outputs:
        target, where = output.target, output.layer or output.name
        if where not in finding.where or target is None:
            continue
        binary = output.loss == "binary_crossentropy"
        low, count = target.smallest, int(target.largest - target.smallest) + 1
        after = [f"y = y - {low:g}" if low > 0 else "y = (y > 0).astype(int)"]
        if not binary:
            after = [f"y = y - {low:g}"] if low != 0.0 else []
            after += [f"Dense({count}, ...)"] if count > output.units else []
        yield TREATMENT.prescription(
            finding,
            expected="every label names a unit of the output, and the loss has a minimum",
            where=(where,),
            before=(f"y in {target.smallest:g}..{target.largest:g}",),
            after=after,
        )


TREATMENT = Treatment(
    name="repair-labels",
    title="bring labels into the range of the loss",
    grade=Grade.ADVICE,
    prescribe=prescribe,
    causes=frozenset({Cause.LABELS}),
)
