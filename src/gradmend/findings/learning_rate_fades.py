"""The schedule takes the learning rate away before anything is learned.

## What it means
For most of the training the rate was next to nothing: the steps after the first few hardly moved
a weight. A decay counted in steps where epochs were meant does this.

## How it is measured
The rate that the schedule gives at the steps followed, or that callbacks have set at the
beginning of each epoch, against the highest of them: it is a hundredth or less for more than half
of the training, and the training did not learn. Where it did learn, it is said only of a schedule
that ends below a hundred thousandth, while the loss was still falling; it is an error where that
left more than half of the loss of a constant.

## When it is wrong
A training that learned fast and then rests is healthy: then it is a warning at most, and nothing
where the loss had come to rest. `ReduceLROnPlateau` takes the rate away from a network that is
stuck already: it is blamed only where the loss still fell.

## What to try
`decay_steps` in optimizer steps (epochs times batches per epoch), or a constant rate first.

## References
Bengio (2012), Practical recommendations for gradient-based training of deep architectures,
section 3.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import fmean

from gradmend.findings._course import part
from gradmend.findings._outcome import (
    LEARNED_BELOW,
    course_disappoints,
    course_diverged,
    outcome_fails,
)
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number, percent
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

FADED = 0.01  # of the highest rate of the training
FELL = 0.005  # of the loss, from the middle third to the last: 30 sigmoid layers stay within 0.001
GONE = 1e-5  # of the highest rate: no cosine and no usual decay gets there before its last steps
STILL_FELL = 0.1  # of the loss, from one half of the steps that counted to the other
SURE = 2.0  # standard errors of the windows
FEW_WINDOWS = 6
MOST = 0.5  # of the steps; a cosine to zero spends 6 % of them there
NEARLY_ALL = 0.8  # of the steps


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the schedule."""
    course = m.course
    if course is None or not course.learning_rates:
        return
    highest, last = max(course.learning_rates), course.learning_rates[-1]
    failed = outcome_fails(m)
    if not failed and not _stopped_early(course, GONE * highest):
        return
    begun = _fade_begins(course.learning_rates, FADED * highest)
    share = 1.0 - course.steps[begun - 1] / course.steps[-1]
    scheduled = m.optimizer is not None and m.optimizer.scheduled
    # who learned something, and fell until the rate was gone, was no stuck network
    blamed = scheduled or not failed or _fell_until(course, begun)
    if share <= MOST or not blamed:
        return
    yield RULE.found(
        Severity.ERROR if failed or _wasted(course, share) else Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.LEARNING_RATE,
        f"the learning rate goes from {number(highest)} down to {number(last)}: for "
        f"{percent(share)} of the steps it is {percent(FADED)} of that or less "
        f"(limit {percent(MOST)})",
        evidence=[Evidence(name="steps with a faded rate", value=share, unit="share")],
        certain=not failed,  # that most steps did nothing is so, however far the others came
    )


def _wasted(course: Course, share: float) -> bool:
    """Whether nearly all steps did nothing for a training that learned little."""
    return share > NEARLY_ALL and course_disappoints(course, LEARNED_BELOW)


def _stopped_early(course: Course, limit: float) -> bool:
    """Whether the rate came to nothing while the loss was falling by tenths."""
    if course.learning_rates[-1] >= limit or course_diverged(course):
        return False
    begun = _fade_begins(course.learning_rates, FADED * max(course.learning_rates))
    if begun < FEW_WINDOWS:
        return False
    half = begun // 2
    early, late = fmean(course.losses[:half]), fmean(course.losses[half:begun])
    return early - late > STILL_FELL * abs(early)


def _fade_begins(rates: Sequence[float], limit: float) -> int:
    """The first window from which the rate stays at or below a limit; a warm-up is no fading."""
    above = [place for place, rate in enumerate(rates) if rate > limit]
    return above[-1] + 1


def _fell_until(course: Course, begun: int) -> bool:
    """Whether the loss was still falling when the fading began, or nobody can say."""
    if begun < FEW_WINDOWS:
        return True
    steps, losses = course.steps[:begun], course.losses[:begun]
    early = replace(course, steps=steps, losses=losses, total_steps=steps[-1])
    middle, last = part(early, 1 / 3, 2 / 3), part(early, 2 / 3, 1.0)
    if middle is None or last is None:
        return True
    pace = middle.mean - last.mean
    return pace > max(FELL * abs(middle.mean), SURE * middle.error(last))


RULE = Rule(
    code="S105", name="learning-rate-fades", check=check, explains=frozenset({"S103", "T102"})
)
