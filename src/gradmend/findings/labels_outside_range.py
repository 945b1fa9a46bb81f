"""Some labels lie outside what the loss can read.

## What it means
Binary cross-entropy reads targets in 0..1 and sparse categorical cross-entropy class
numbers from 0 to units - 1. A label outside either gives a loss without a minimum,
NaN, or silently another class, depending on the backend.

## How it is measured
The smallest and the largest target against the range of the loss. More than two class numbers
before one unit with binary cross-entropy are a question of the loss, not of the labels.

## When it is wrong
A label that is masked by `ignore_class` (often -1 or 255) lies outside on purpose.
As long as the loss is finite, a lone -1 is therefore only a warning.

## What to try
Count classes from 0 (`y - y.min()`), map -1/1 to 0/1, give the last layer one unit
per class, or use the loss that fits the labels.

## References
Keras documentation, `keras.losses.SparseCategoricalCrossentropy`.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isfinite

from gradmend.findings._loss_families import BINARY, CATEGORICAL, SPARSE, canonical
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.facts import OutputFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

ROUNDING = 1e-3  # label smoothing and float16 may step over the edge by this much
IGNORED = (-1.0, 255.0)  # the usual marks of "no label here"


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output whose labels leave the range of its loss."""
    for output in m.outputs:
        target = output.target
        low, high = _range(output)
        if target is None or target.nonfinite:
            continue
        below, above = target.smallest < low - ROUNDING, target.largest > high + ROUNDING
        if not (below or above):
            continue
        where = output.layer or output.name
        marked = _only_marked(output, below=below, above=above) and isfinite(m.loss.total)
        yield RULE.found(
            Severity.WARNING if marked else Severity.ERROR,
            Symptom.NOT_LEARNING,
            Cause.LOSS_PAIRING if _many_classes(output) else Cause.LABELS,
            f"labels of output {named([where])} run from {number(target.smallest)} to "
            f"{number(target.largest)}, but {output.loss} reads {number(low)}..{number(high)}",
            where=[where],
            evidence=[
                Evidence(name="smallest label", value=target.smallest, unit="label"),
                Evidence(name="largest label", value=target.largest, unit="label"),
            ],
            certain=not marked,
        )


def _many_classes(output: OutputFacts) -> bool:
    """Whether class numbers stand before a loss that knows only two of them."""
    target = output.target
    one_of_two = canonical(output.loss) in BINARY and output.units == 1
    return one_of_two and target is not None and target.integer_valued and target.distinct > 2


def _range(output: OutputFacts) -> tuple[float, float]:
    loss = canonical(output.loss)
    if loss in SPARSE:
        return 0.0, float(output.units - 1)
    return (0.0, 1.0) if loss in BINARY | CATEGORICAL else (-inf, inf)


def _only_marked(output: OutputFacts, *, below: bool, above: bool) -> bool:
    target = output.target
    if target is None or canonical(output.loss) not in SPARSE:
        return False
    low_is_marked = not below or target.smallest == IGNORED[0]
    return low_is_marked and (not above or target.largest == IGNORED[1])


RULE = Rule(
    code="L106",
    name="labels-outside-range",
    check=check,
    explains=frozenset(
        {"N104", "N105", "V103", "Z101", "A101", "D102", "S102", "T101", "T102", "T103"}
    ),
)
