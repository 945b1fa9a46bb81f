"""Every sample of the batch is the same.

## What it means
From equal inputs only a constant can be learned: the features were lost on the way, for
example by an integer division of the pixels, a scaler fitted on nothing, or a generator that
yields one array again and again.

## How it is measured
The share of features that take one value over the whole batch, for every input tensor.

## When it is wrong
A batch of few rows may be equal by chance, and an input of several may be constant on
purpose (a mask, an initial state): the finding needs 16 rows, and all inputs.

## What to try
Print two rows of `x` just before `fit`; divide pixels by 255.0, not by 255 in integers.

## References
Bengio (2012), Practical recommendations for gradient-based training of deep architectures.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.facts import TensorFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MIN_SAMPLES = 16


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, when no input tells two samples apart."""
    if m.batch_size < MIN_SAMPLES or not m.inputs or not all(map(_constant, m.inputs)):
        return
    names = [fact.name for fact in m.inputs]
    yield RULE.found(
        Severity.ERROR,
        Symptom.NOT_LEARNING,
        Cause.DATA,
        f"input {named(names)} is the same for all {m.batch_size} samples of the batch "
        "(at least one feature must vary)",
        where=names,
        evidence=[Evidence(name="constant features", value=1.0, unit="share")],
        certain=any(not _constant(fact) for fact in m.targets),
    )


def _constant(fact: TensorFacts) -> bool:
    return not fact.nonfinite and (fact.constant_share >= 1.0 or fact.std == 0.0)


RULE = Rule(
    code="D104",
    name="inputs-do-not-vary",
    check=check,
    explains=frozenset({"D101", "V102", "Z101", "S103", "A107", "T102"}),
    unless=frozenset({"N101"}),
)
