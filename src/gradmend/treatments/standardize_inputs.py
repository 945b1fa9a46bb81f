"""Bring the inputs to mean 0 and size 1.

## What it changes
A `Normalization` layer in front, adapted on the training inputs, or `Rescaling(1/255)` for
pixels. It is saved with the model, so predictions need no extra step.

## When it helps
Inputs of RMS above 5. Measured on raw digits with SGD 0.2: NaN before, 0.97 after.

## When it harms
Sparse one-hot inputs lose their zeros. A layer adapted on test data leaks it.

## References
LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

MAX_PIXEL = 255.0


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription: rescaling for pixels, normalization for all else."""
    if not m.inputs:
        return
    fact = next((f for f in m.inputs if f.name in finding.where), m.inputs[0])
    pixels = fact.integer_valued and fact.smallest >= 0.0 and 200.0 < fact.largest <= MAX_PIXEL
    adapted = ("normalize = Normalization()", f"normalize.adapt({fact.name})", "normalize,")
    yield TREATMENT.prescription(
        finding,
        expected="the first layers receive inputs of unit scale, and steps keep their length",
        before=(f"Input({_tuple(fact.shape[1:])}),",),
        after=(
            *(() if pixels else adapted[:2]),
            f"Input({_tuple(fact.shape[1:])}),",
            "Rescaling(1 / 255)," if pixels else adapted[2],
        ),
    )


def _tuple(shape: tuple[int, ...]) -> str:
    return str(tuple(int(size) for size in shape))


TREATMENT = Treatment(
    name="standardize-inputs",
    title="standardise the inputs",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.INPUT_SCALE}),
)
