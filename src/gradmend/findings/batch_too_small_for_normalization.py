"""Batch normalization over so few values that nothing is left of them.

## What it means
In training, batch normalization subtracts the mean of the batch. With one sample and no
positions that leaves exactly zero: whatever the input, the output is `beta`. With two
or three values the mean is mostly noise.

## How it is measured
The samples of one training step times the positions (width·height, or time steps) that share
a unit, in front of every `BatchNormalization` that normalizes by the batch.

## When it is wrong
Images have many positions, and a frozen layer uses its moving averages: both are counted.
The size of the batch in training is known to `gradmend run` only; a single sample handed to
`check` says nothing.

## What to try
A batch of 16 or more, `LayerNormalization`, or `GroupNormalization`.

## References
Ioffe & Szegedy (2015), Batch normalization, ICML, section 3.
Wu & He (2018), Group normalization, ECCV, figure 1: errors rise below a batch of 8.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._layers import positions
from gradmend.findings._outcome import LEARNED_BELOW, course_learned, ends
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

FEW = 4  # values: three give a mean with more noise than signal


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding that names the layers concerned."""
    if m.fit_batch_size is None or _learned_in_both_modes(m.course):
        return
    values = {
        call.label: m.fit_batch_size * positions(call)
        for call in m.calls
        if call.class_name == "BatchNormalization" and call.trainable and call.forward is not None
    }
    few = [label for label, count in values.items() if count < FEW]
    if not few:
        return
    least = min(values[label] for label in few)
    alone = least == 1
    yield RULE.found(
        Severity.ERROR if alone else Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.NORMALIZATION,
        f"batch normalization {named(few)} is fed {least} "
        f"{'value' if alone else 'values'} per unit and step (limit {FEW})"
        + (": its output is the same for every sample" if alone else ""),
        where=few,
        evidence=[
            Evidence(name="values per unit", value=float(least), unit="values"),
            Evidence(name="batch size", value=float(m.fit_batch_size), unit="samples"),
        ],
        certain=alone,
    )


def _learned_in_both_modes(course: Course | None) -> bool:
    """Whether the training learned, also by the loss that the noise of the batches is in."""
    if course is None or not course_learned(course):
        return False
    return all(ratio < LEARNED_BELOW for _, _, ratio in ends(course))


RULE = Rule(
    code="B101",
    name="batch-too-small-for-normalization",
    check=check,
    explains=frozenset({"A101", "Z101", "S102", "T101", "A107", "T102", "T103"}),
)
