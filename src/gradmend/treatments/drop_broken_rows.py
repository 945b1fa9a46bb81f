"""Leave out the rows that hold NaN or infinity.

## What it changes
The rows that `fit` is given; the model stays as it is.

## When it helps
A few rows are broken: a missing value, a division by zero. One of them turns the loss, and after
one step every weight, into NaN.

## When it harms
Where values are missing for a reason, the rows that are left tell another story; and a model that
will meet such rows needs values put in their place. Then impute, and add a column that says so.

## References
Little & Rubin (2019), Statistical Analysis with Missing Data, third edition, chapter 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for data that holds NaN or infinity."""
    if finding.code != "N101" or not m.inputs:
        return
    yield TREATMENT.prescription(
        finding,
        expected="loss, gradients and weights stay finite",
        before=("model.fit(x, y)",),
        after=(
            "whole = np.isfinite(x.reshape(len(x), -1)).all(axis=1)",
            "whole &= np.isfinite(y.reshape(len(y), -1)).all(axis=1)",
            "model.fit(x[whole], y[whole])",
        ),
    )


TREATMENT = Treatment(
    name="drop-broken-rows",
    title="leave out rows that hold NaN or infinity",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.DATA}),
)
