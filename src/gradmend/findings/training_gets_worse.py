"""The loss stands higher at the end of the training than early in it.

## What it means
Steps that are too long for the surface, or for the noise of small batches, carry the weights
out of every valley that they reach.

## How it is measured
The mean of the training loss over the last third of the steps against the first third, beyond
five percent and beyond three standard errors of the windows.

## When it is wrong
A model that has learned and wanders at its noise floor is not judged, nor is one that ends
well below the loss of a constant prediction.

## What to try
A third of the learning rate, larger batches, or a schedule that lowers the rate.

## References
Robbins & Monro (1951), A stochastic approximation method; Cohen et al. (2021), Gradient descent
on neural networks typically occurs at the edge of stability, ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from gradmend.findings._course import part
from gradmend.findings._outcome import best_ratio_to_trivial, course_diverged
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MIN_STEPS = 100
MAX_RISE = 0.05  # of the first third
SURE = 3.0  # standard errors
LEARNED = 0.5  # of the trivial loss: whoever is there has learned, whatever the noise


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the course of the training."""
    course = m.course
    if course is None or course.total_steps < MIN_STEPS or course_diverged(course):
        return
    first, last = part(course, 0.0, 1 / 3), part(course, 2 / 3, 1.0)
    ratio = best_ratio_to_trivial(course)
    if first is None or last is None or (ratio is not None and ratio < LEARNED):
        return
    rise = last.mean - first.mean
    if not isfinite(rise) or rise <= MAX_RISE * abs(first.mean) or rise <= SURE * first.error(last):
        return
    yield RULE.found(
        Severity.ERROR,
        Symptom.EXPLODING,
        Cause.LEARNING_RATE,
        f"the loss rises from {number(first.mean)} in the first third of the training to "
        f"{number(last.mean)} in the last (limit 5 %)",
        evidence=[
            Evidence(name="last third over first", value=last.mean / first.mean, unit="times")
        ],
    )


RULE = Rule(
    code="T103",
    name="training-gets-worse",
    check=check,
    explains=frozenset({"T102"}),
    unless=frozenset({"T101"}),
)
