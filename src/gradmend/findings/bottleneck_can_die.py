"""A single ReLU unit stands in the way of everything behind it.

## What it means
All that the network knows must pass through one unit. When its input falls below zero for
all samples, by chance at the start or by one long step, value and gradient are zero, and no
step brings it back.

## How it is measured
Hidden dense layers of one unit with ReLU, in a model without a road around them.

## When it is wrong
About half of such networks train. By itself this is a note; it becomes an error when a
training fails and nothing else explains it.

## What to try
More units, or LeakyReLU, in the narrow layer.

## References
Lu, Shin, Su & Karniadakis (2020), Dying ReLU and initialization: theory and numerical examples,
Communications in Computational Physics 28(5).
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._activation_families import RELU_LIKE
from gradmend.findings._layers import activation_behind, consumers, has_joins, hidden_calls
from gradmend.findings._outcome import course_failed
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding that names the narrow layers."""
    readers = consumers(m)
    narrow = [
        call.label
        for call in hidden_calls(m)
        if call.role == "dense"
        and call.forward is not None
        and call.forward.units == 1
        and activation_behind(call, readers) in RELU_LIKE
    ]
    if not narrow or has_joins(m):
        return
    yield RULE.found(
        Severity.WARNING if course_failed(m.course) else Severity.NOTE,
        Symptom.DEAD_UNITS,
        Cause.ACTIVATION,
        f"everything passes through one ReLU unit: {named(narrow)} (at least 2 units should)",
        where=narrow,
        evidence=[Evidence(name="narrow layers", value=float(len(narrow)), unit="layers")],
    )


RULE = Rule(
    code="A104",
    name="bottleneck-can-die",
    check=check,
    explains=frozenset({"Z101", "V101", "V102", "A107", "T102"}),
)
