"""All targets of the batch are the same.

## What it means
From such a batch a model can learn one constant answer and no more. When every
batch is like this, the data is sorted by class or the labels were lost on the way.

## How it is measured
One distinct value in an integer target of at least 16 samples, or no spread at all.

## When it is wrong
A rare class is missing from many batches by chance: a note. It is an error only when a
classifier met one class in its whole training, and went on to learn that constant. A regression
target of zeros may stand for a loss that the model computes itself; a contrastive model (skip-gram
with negative samples) is told that the first candidate is always the right one, and has to learn
that from its inputs: no constant is within its reach.

## What to try
Shuffle before batching (`fit(shuffle=True)`, or `dataset.shuffle(...)` with a buffer
as large as the data), and look at the labels of two batches.

## References
Bengio (2012), Practical recommendations for gradient-based training of deep
architectures, section 3.1.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._loss_families import BINARY, CATEGORICAL, SPARSE, canonical
from gradmend.findings._outcome import MIN_STEPS
from gradmend.findings._rule import Rule
from gradmend.findings._targets import one_answer
from gradmend.findings._wording import named, number
from gradmend.records.facts import TensorFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

ROUNDING = 1e-6  # of a cross-entropy that is zero: Keras clips probabilities at 1e-7
# Of the first loss. A classifier of one class falls below it within an epoch; skip-grams with four
# negative samples are at 0.42 after twelve.
LEARNED_IT = 0.25
MIN_SAMPLES = 16  # ten even classes miss all but one by chance in 1 of 1e15 batches


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per constant target."""
    if m.batch_size < MIN_SAMPLES:
        return
    for target in m.targets:
        if target.nonfinite or not one_answer(target):
            continue
        always = _never_varied(m)
        yield RULE.found(
            Severity.ERROR if always else Severity.NOTE,
            Symptom.NOT_LEARNING,
            Cause.DATA,
            f"target {named([target.name])} is {_told(target)} for all {m.batch_size} "
            "samples of the batch (at least 2 values are needed to learn a difference)",
            where=[target.name],
            evidence=[Evidence(name="distinct targets", value=1.0, unit="values")],
            certain=always,
        )


def _told(target: TensorFacts) -> str:
    return number(target.mean) if target.distinct == 1 else "the same row"


def _never_varied(m: Measurements) -> bool:
    """Whether a constant predicts the classes of the whole training, and the model found it."""
    course = m.course
    if course is None or course.trivial is None or course.total_steps < MIN_STEPS:
        return False
    if not course.losses or course.losses[-1] > LEARNED_IT * course.losses[0]:
        return False
    classes = all(canonical(output.loss) in BINARY | CATEGORICAL | SPARSE for output in m.outputs)
    return classes and abs(course.trivial) < ROUNDING


RULE = Rule(code="D103", name="targets-do-not-vary", check=check, explains=frozenset({"T102"}))
