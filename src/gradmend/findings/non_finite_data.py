"""The input or the target holds NaN or infinity.

## What it means
One non-finite number in a batch turns the loss, every gradient and, after one
step, every weight into NaN. Nothing that is measured behind it means anything.

## How it is measured
The entries of each input and target tensor that are NaN or infinite are counted.

## When it is wrong
A model that masks or replaces missing values in its first layer may be meant to
receive them. The finding is then a warning, as long as the loss stays finite.

## What to try
Find the rows (`numpy.isnan(x).any(axis=-1)`), then drop or impute them. A column
divided by a zero standard deviation is the most frequent source.

## References
Little & Rubin (2019), Statistical Analysis with Missing Data, third edition.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for all tensors together."""
    kinds = (("input", m.inputs), ("target", m.targets))
    sick = [(kind, fact) for kind, facts in kinds for fact in facts if fact.nonfinite > 0]
    if not sick:
        return
    count = sum(fact.nonfinite for _, fact in sick)
    kind = " and ".join(dict.fromkeys(kind for kind, _ in sick))
    survived = isfinite(m.loss.total)
    yield RULE.found(
        Severity.WARNING if survived else Severity.ERROR,
        Symptom.NON_FINITE,
        Cause.DATA,
        f"{kind} {named([fact.name for _, fact in sick])} holds {count} entries that are NaN "
        "or infinite (limit 0)",
        where=[fact.name for _, fact in sick],
        evidence=[Evidence(name="non-finite entries", value=float(count), unit="entries")],
        certain=not survived,
    )


RULE = Rule(
    code="N101",
    name="non-finite-data",
    check=check,
    explains=frozenset({"N103", "N104", "N105", "Z101", "S102", "T101", "T102", "T103"}),
)
