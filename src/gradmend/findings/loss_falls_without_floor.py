"""The loss falls ever faster below zero: what is minimised has no least value.

## What it means
A distance turned around (`-mean((y - p)**2)`) is at its smallest where the predictions are as wrong
as can be. The optimizer drives them there, the loss looks better every epoch, and nothing is
learned.

## How it is measured
The loss of a whole training: negative at the end, fifty times as large as at the beginning (or as
that of a constant prediction, or 1), and it fell more in the last third than in the middle one.

## When it is wrong
A log-likelihood or a cosine similarity may be negative, and has a floor that it comes to rest
near. The critic of a Wasserstein GAN has none without a penalty on its gradient, which is the same
trouble.

## What to try
The other sign. To maximise a score, minimise something that grows with the error.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 4.3.
Measured on a linear task, Adam 0.01, ten epochs: -4.3 to -720 000, predictions in the hundreds.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from gradmend.findings._course import part
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MIN_GROWTH = 50.0  # a density over targets without noise reaches 10 before its width is at a floor


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the course of the loss."""
    course = m.course
    if course is None or not course.losses or not isfinite(course.losses[-1]):
        return
    first, last = course.losses[0], course.losses[-1]
    growth = -last / max(abs(first), abs(course.trivial or 0.0), 1.0)
    if growth <= MIN_GROWTH or not _ever_faster(course):
        return
    yield RULE.found(
        Severity.ERROR,
        Symptom.NOT_LEARNING,
        Cause.LOSS_PAIRING,
        f"the loss falls from {number(first)} to {number(last)}, ever faster, "
        f"{number(growth)} times as far below zero as it began (limit {number(MIN_GROWTH)} times): "
        "it has no least value",
        where=["loss"],
        evidence=[Evidence(name="growth below zero", value=growth, unit="times")],
        certain=True,
    )


def _ever_faster(course: Course) -> bool:
    thirds = [part(course, i / 3, (i + 1) / 3) for i in range(3)]
    means = [third.mean for third in thirds if third is not None]
    if len(means) < len(thirds):
        return False
    early, middle, late = means
    return middle - late > early - middle > 0.0


RULE = Rule(
    code="T105",
    name="loss-falls-without-floor",
    check=check,
    explains=frozenset({"S101", "S102", "V103"}),
)
