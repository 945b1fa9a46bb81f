"""A weight of the model is NaN or infinite before training begins.

## What it means
The model was broken by an earlier training or by a damaged file. No learning rate
and no clipping brings a NaN weight back.

## How it is measured
The entries of each weight that are NaN or infinite are counted.

## When it is wrong
Never for a trainable weight. A constant table that holds infinity on purpose (an
attention mask, say) is not trainable and is not judged.

## What to try
Build the model anew or load an earlier checkpoint, then look for what broke it:
the findings of that earlier training name it.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 4.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding that names the broken weights."""
    sick = [weight for weight in m.weights if weight.trainable and weight.nonfinite > 0]
    if not sick:
        return
    count = sum(weight.nonfinite for weight in sick)
    yield RULE.found(
        Severity.ERROR,
        Symptom.NON_FINITE,
        Cause.NUMERICS,
        f"{len(sick)} weights hold {count} entries that are NaN or infinite (limit 0), "
        f"first {named([sick[0].path])}",
        where=[weight.path for weight in sick],
        evidence=[Evidence(name="non-finite entries", value=float(count), unit="entries")],
        certain=True,
    )


RULE = Rule(
    code="N102",
    name="non-finite-weight",
    check=check,
    explains=frozenset({"N103", "N104", "N105", "Z101", "S102", "T101", "T102", "T103"}),
)
