"""The learning rate rose until the loss broke.

## What it means
A schedule or a callback raised the rate during the training. At lower rates the loss fell; the
rate went on rising, past what the model bears, and the loss with it. A range test that was left in
the real training does this, and a warm-up to too high a rate.

## How it is measured
The rate at which the loss became non-finite, or with which a training ended at twice its first
loss, over the rate at its lowest loss. The limit is ten times, and that lowest loss must lie a
tenth below the first one: the training worked before.

## When it is wrong
A range test ends so on purpose: its result is the rate at the lowest loss, and the model is built
anew behind it. A loss that broke for another reason while a warm-up went on: what explains it
is named beside this.

## What to try
A constant rate, three to ten times below the one at which the loss was lowest.

## References
Smith (2017), Cyclical learning rates for training neural networks, section 3.3, for the range test.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

RISES = 10.0  # times the rate at the lowest loss
FELL_TO = 0.9  # of the first loss, which windows of noise seldom reach by themselves
BROKE = 2.0  # times the first loss


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the schedule."""
    course = m.course
    if course is None or len(course.learning_rates) != len(course.losses):
        return
    end = _broke_at(course)
    before = [place for place in range(end or 0) if isfinite(course.losses[place])]
    if end is None or not before:
        return
    best = min(before, key=course.losses.__getitem__)
    first, lowest = course.losses[before[0]], course.losses[best]
    worked, broke = course.learning_rates[best], course.learning_rates[end]
    if lowest > first - (1 - FELL_TO) * abs(first) or not 0.0 < RISES * worked <= broke:
        return
    yield RULE.found(
        Severity.ERROR,
        Symptom.EXPLODING,
        Cause.LEARNING_RATE,
        f"the loss falls to {number(lowest)} at a learning rate of {number(worked)} and breaks at "
        f"{number(broke)}: {number(broke / worked)} times as much (limit {number(RISES)} times)",
        evidence=[
            Evidence(name="rate at the lowest loss", value=worked, unit="per step"),
            Evidence(name="rate where the loss breaks", value=broke, unit="per step"),
        ],
    )


def _broke_at(course: Course) -> int | None:
    """The window in which the loss broke, None for a training that did not break."""
    broken = [place for place, loss in enumerate(course.losses) if not isfinite(loss)]
    if broken:
        return broken[0]
    if not course.losses:
        return None
    first, last = course.losses[0], course.losses[-1]
    thrown = last > first + (BROKE - 1) * max(abs(first), abs(course.trivial or 0.0))
    return len(course.losses) - 1 if thrown else None


RULE = Rule(
    code="S107",
    name="learning-rate-runs-away",
    check=check,
    explains=frozenset({"S101", "S102", "T101", "T103", "T102"}),
)
