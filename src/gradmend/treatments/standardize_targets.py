"""Bring the targets to mean 0 and size 1.

## What it changes
The targets that the model is trained on; predictions are scaled back afterwards.

## When it helps
Squared errors with targets far above 1. Measured, targets x1000 with SGD 0.01: NaN before,
R2 0.91 after.

## When it harms
Mean and spread must come from the training targets alone. Clipping is the wrong cure: finite,
and R2 0.04.

## References
LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription with the lines around `fit` and `predict`."""
    if not m.targets:
        return
    output = next((o for o in m.outputs if o.target and o.target.name in finding.where), None)
    key = f"[{output.name!r}]" if output is not None and len(m.outputs) > 1 else ""
    standard = f"y{key} = (y{key} - mean) / std" if key else "model.fit(x, (y - mean) / std)"
    yield TREATMENT.prescription(
        finding,
        expected="the first steps have a sane length, and the loss starts near 1",
        before=("model.fit(x, y)", f"model.predict(x){key}"),
        after=(
            f"mean, std = y{key}.mean(axis=0), y{key}.std(axis=0)",
            standard,
            f"model.predict(x){key} * std + mean",
        ),
    )


TREATMENT = Treatment(
    name="standardize-targets",
    title="standardise the targets",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.TARGET_SCALE}),
)
