"""Let `fit` mix the rows.

## What it changes
Nothing in the model: `shuffle=True`, which is the default of `fit`. A dataset is mixed with
`dataset.shuffle(rows)` before `batch`, a `DataLoader` with its own `shuffle=True`.

## When it helps
The rows are sorted by their targets: each batch teaches one answer and unteaches the others.

## When it harms
A stateful recurrent network needs its rows in order. A series is shuffled after it was cut into
windows, and never across the border between training and validation.

## References
Bottou (2012), Stochastic gradient descent tricks, section 4.1: shuffle the examples.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one piece of advice for rows that come sorted."""
    if finding.code != "D105" or m.batch_variety is None:
        return
    yield TREATMENT.prescription(
        finding,
        expected="every batch holds all kinds of targets, and none is forgotten",
        where=(),
        before=("model.fit(x, y, shuffle=False)",),
        after=("model.fit(x, y)",),
    )


TREATMENT = Treatment(
    name="shuffle-rows",
    title="mix the rows",
    grade=Grade.ADVICE,
    prescribe=prescribe,
    causes=frozenset({Cause.DATA}),
)
