"""The loss is NaN or infinite although every output of the network is finite.

## What it means
The trouble sits in the loss itself: a logarithm of zero, a division by zero, a label
the loss cannot read, a penalty that overflows.

## How it is measured
The loss of the batch and its penalty part are not finite, and no layer's output is.

## When it is wrong
When the last layers are hidden from view the overflow may lie there.

## What to try
Check the pair of last activation and loss, the labels, and in a custom loss every
`log` and division: `keras.ops.log(keras.ops.maximum(p, 1e-7))`.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 4.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding."""
    if isfinite(m.loss.total) and isfinite(m.loss.data):
        return
    if any(output.nonfinite for output in m.outputs):
        return
    penalty = isfinite(m.loss.data)
    judged = [output.layer or output.name for output in m.outputs if output.loss is not None]
    what = "the penalty part of the loss" if penalty else f"the loss of {named(judged)}"
    yield RULE.found(
        Severity.ERROR,
        Symptom.NON_FINITE,
        Cause.REGULARIZATION if penalty else Cause.NUMERICS,
        f"{what} is {m.loss.total} although all outputs are finite (a finite loss is needed)",
        where=judged,
        evidence=[Evidence(name="loss", value=m.loss.total, unit="loss")],
        certain=True,
    )


RULE = Rule(
    code="N104",
    name="non-finite-loss",
    check=check,
    explains=frozenset({"N105", "Z101", "S102", "T101", "T102", "T103"}),
    unless=frozenset({"N103"}),
)
