"""The schedule takes the learning rate away before anything is learned.

## What it means
For most of the training the rate was next to nothing: the steps after the first few hardly moved
a weight. A decay counted in steps where epochs were meant does this.

## How it is measured
The rate that the schedule gives at the steps followed, against the highest of them: it is a
hundredth or less for more than half of the training, and the training did not learn.

## When it is wrong
A training that learned fast and then rests is healthy, and not judged. A rate that a callback
sets is not seen.

## What to try
`decay_steps` in optimizer steps (epochs times batches per epoch), or a constant rate first.

## References
Bengio (2012), Practical recommendations for gradient-based training of deep architectures,
section 3.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from gradmend.findings._outcome import outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number, percent
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

FADED = 0.01  # of the highest rate of the training
MOST = 0.5  # of the steps; a cosine to zero spends 6 % of them there


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the schedule."""
    course = m.course
    if course is None or not course.learning_rates or not outcome_fails(m):
        return
    highest, last = max(course.learning_rates), course.learning_rates[-1]
    share = _faded_share(course, FADED * highest)
    if share <= MOST:
        return
    yield RULE.found(
        Severity.ERROR,
        Symptom.NOT_LEARNING,
        Cause.LEARNING_RATE,
        f"the schedule brings the learning rate from {number(highest)} down to {number(last)}: for "
        f"{percent(share)} of the steps it is {percent(FADED)} of that or less "
        f"(limit {percent(MOST)})",
        evidence=[Evidence(name="steps with a faded rate", value=share, unit="share")],
    )


def _faded_share(course: Course, limit: float) -> float:
    """The share of the steps that were taken with a rate at or below a limit."""
    widths = [end - begin for begin, end in pairwise((0, *course.steps))]
    faded = [w for w, rate in zip(widths, course.learning_rates, strict=True) if rate <= limit]
    return sum(faded) / max(sum(widths), 1)


RULE = Rule(
    code="S105", name="learning-rate-fades", check=check, explains=frozenset({"S103", "T102"})
)
