"""All targets of the batch are the same.

## What it means
From such a batch a model can learn one constant answer and no more. When every
batch is like this, the data is sorted by class or the labels were lost on the way.

## How it is measured
One distinct value in an integer target of at least 16 samples, or no spread at all.

## When it is wrong
A rare class is missing from many batches by chance: a note, never more. A target of
zeros may stand for a loss that the model adds itself.

## What to try
Shuffle before batching (`fit(shuffle=True)`, or `dataset.shuffle(...)` with a buffer
as large as the data), and look at the labels of two batches.

## References
Bengio (2012), Practical recommendations for gradient-based training of deep
architectures, section 3.1.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MIN_SAMPLES = 16  # ten even classes miss all but one by chance in 1 of 1e15 batches


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per constant target."""
    if m.batch_size < MIN_SAMPLES:
        return
    for target in m.targets:
        if target.nonfinite or target.distinct != 1:
            continue
        yield RULE.found(
            Severity.NOTE,
            Symptom.NOT_LEARNING,
            Cause.DATA,
            f"target {named([target.name])} is {number(target.mean)} for all {m.batch_size} "
            "samples of the batch (at least 2 values are needed to learn a difference)",
            where=[target.name],
            evidence=[Evidence(name="distinct targets", value=1.0, unit="values")],
        )


RULE = Rule(code="D103", name="targets-do-not-vary", check=check)
