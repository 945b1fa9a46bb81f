"""An embedding is given fractions: it cuts them down to whole numbers.

## What it means
An `Embedding` looks rows up by number. Token ids that were divided, standardised or scaled to 0..1
become the same few ids, mostly 0: every word is then the same word.

## How it is measured
An embedding that reads an input of the model whose values are no whole numbers, and how many
whole numbers lie between the smallest and the largest of them. No more rows than that must have
a gradient: positions, or numbers that an operation has put into boxes, look up other rows.

## When it is wrong
A column of numbers may be put into boxes by cutting it down on purpose: where many ids are left, or
the training learned, it is a warning or a note.

## What to try
Take the scaling out of the way of the ids: it belongs to columns of numbers. A column is put into
boxes by `Discretization`.

## References
Documentation of `keras.layers.Embedding`: positive integers, between 0 and `input_dim`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import course_learned
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.facts import TensorFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

FEW = 2  # ids left: all that was different is one of two rows


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, where no input of the model could be meant as ids."""
    if not m.inputs or not all(map(_fractions, m.inputs)):
        return
    worst = min(m.inputs, key=_ids)
    looking = [c for c in m.calls if c.role == "embedding" and not c.inputs and c.call == 1]
    tables = [c for c in looking if 0 < _rows_heard(m, c) <= _ids(worst)]
    if not tables:
        return
    few = _ids(worst) <= FEW
    failed = not course_learned(m.course)
    yield RULE.found(
        Severity.ERROR if few and failed else Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.DATA,
        f"{named([c.label for c in tables])} looks up whole numbers, and input "
        f"{named([worst.name])} holds fractions from {number(worst.smallest)} to "
        f"{number(worst.largest)}: cut to whole numbers, its {worst.distinct} values become "
        f"{_ids(worst)}",
        where=[c.label for c in tables],
        evidence=[Evidence(name="ids left", value=float(_ids(worst)), unit="ids")],
        certain=few and failed,
    )


def _rows_heard(m: Measurements, call: LayerCall) -> int:
    """How many rows of a table have a gradient: those that were looked up; 0 where unknown."""
    for table in m.weights:
        if table.layer == call.path and table.role == "embeddings":
            silent = table.gradient_zero_share
            return 0 if silent is None else round((1.0 - silent) * table.shape[0])
    return 0


def _fractions(fact: TensorFacts) -> bool:
    return not fact.integer_valued and fact.distinct > FEW and not fact.nonfinite


def _ids(fact: TensorFacts) -> int:
    # cut off, as a cast to whole numbers does: -0.5 is row 0
    return int(fact.largest) - int(fact.smallest) + 1


RULE = Rule(
    code="D107",
    name="embedding-gets-fractions",
    check=check,
    explains=frozenset({"D101", "A107", "R102", "V102", "Z101", "S103", "T102", "T106"}),
    unless=frozenset({"N101"}),
)
