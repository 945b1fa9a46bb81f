"""Every step follows one or two samples, and the training wanders.

## What it means
The gradient of a single sample points anywhere around the gradient of the data. At the learning
rate of a batch of 32 its noise carries the weights further than the slope does; momentum of 0.9
makes each step ten times as long.

## How it is measured
The batch size of `fit`, together with a training that had its time and ended at more than half
of the loss of a constant prediction.

## When it is wrong
Online learning at a small rate works, and a noisy task may hold no more: without a
disappointing training nothing is said.

## What to try
`batch_size=32` first; if it must be one, a tenth of the learning rate.

## References
Bengio (2012), Practical recommendations for gradient-based training of deep architectures,
section 3.1.2. McCandlish et al. (2018), An empirical model of large-batch training.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import course_disappoints
from gradmend.findings._rule import Rule
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MIN_BATCH = 3  # samples
MIN_STEPS = 400  # shorter trainings on single samples have not seen enough of them


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the batches of the training."""
    if m.fit_batch_size is None or m.fit_batch_size >= MIN_BATCH or m.course is None:
        return
    if m.course.total_steps < MIN_STEPS or not course_disappoints(m.course):
        return
    size = m.fit_batch_size
    yield RULE.found(
        Severity.ERROR,
        Symptom.NOT_LEARNING,
        Cause.LEARNING_RATE,
        f"each step follows {size} {'sample' if size == 1 else 'samples'} "
        f"(limit {MIN_BATCH}), and {m.course.total_steps} steps led nowhere near the targets",
        evidence=[Evidence(name="batch size", value=float(size), unit="samples")],
    )


RULE = Rule(
    code="S104",
    name="batch-too-noisy",
    check=check,
    explains=frozenset({"S102", "T103", "T102"}),
    unless=frozenset({"B101", "L101", "L103", "L105", "D101", "D102", "D103", "D104", "S101"}),
)
