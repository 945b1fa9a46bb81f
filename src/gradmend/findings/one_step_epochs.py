"""Each epoch is a single step: the whole data go into one batch, and the training is over too soon.

## What it means
Epochs cost data, steps cost time, and learning counts steps. With `batch_size` as large as the data
twenty epochs are twenty steps, where batches of 32 would have taken hundreds.

## How it is measured
The steps of the training over its epochs, together with a loss that ended at more than 0.85 of that
of a constant prediction, after fewer than 60 steps.

## When it is wrong
Training on the whole batch works with thousands of epochs; a few epochs on trial prove nothing, and
are not judged.

## What to try
`batch_size=32`, or many more epochs.

## References
Masters & Luschi (2018), Revisiting small batch training for deep neural networks, arXiv:1804.07612.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import ENOUGH_STEPS, HARDLY_LEARNED, best_ratio_to_trivial
from gradmend.findings._rule import Rule
from gradmend.findings._wording import percent
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MIN_EPOCHS = 5  # fewer are a trial
MIN_BATCH = 64  # samples: less data than two usual batches has no smaller steps to take


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the steps of the training."""
    course, size = m.course, m.fit_batch_size
    if course is None or size is None or size < MIN_BATCH or course.epochs < MIN_EPOCHS:
        return
    ratio = best_ratio_to_trivial(course)
    if course.total_steps != course.epochs or course.total_steps >= ENOUGH_STEPS:
        return
    if ratio is None or ratio <= HARDLY_LEARNED:
        return
    yield RULE.found(
        Severity.ERROR,
        Symptom.NOT_LEARNING,
        Cause.LEARNING_RATE,
        f"{course.epochs} epochs were {course.total_steps} steps (fewer than {ENOUGH_STEPS}): all "
        f"rows go into one batch, and the loss ended at {percent(ratio)} of that of a constant",
        evidence=[
            Evidence(name="steps", value=float(course.total_steps), unit="steps"),
            Evidence(name="batch size", value=float(size), unit="samples"),
        ],
    )


RULE = Rule(
    code="S106",
    name="one-step-epochs",
    check=check,
    explains=frozenset({"T102", "T103"}),
    unless=frozenset(
        {"L101", "L102", "L103", "L104", "L105", "L106", "D101", "D102", "D103", "D104"}
        | {"A101", "I101", "I103", "V101", "V102", "Z101", "S101", "S102", "S103"}
    ),
)
