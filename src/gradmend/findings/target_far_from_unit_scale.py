"""The targets of a regression are far larger, or vary far less, than 1.

## What it means
The gradient of a squared error is the distance to the target. With targets in the
thousands the first steps are a thousand times too long; with targets that vary by
a thousandth, the loss is tiny from the start and the optimizer hardly moves.

## How it is measured
RMS and standard deviation of the targets, for losses that measure a distance. A
model whose output already has the size of its targets is not judged.

## When it is wrong
Adam needs no scaled targets to stay finite, only longer to arrive. By itself this is a warning,
and no more than a note behind a training that arrived; an error behind 300 steps that end above
the loss of a constant. Targets that vary little are a note, until
a training that failed began with outputs ten times as large.

## What to try
Standardise the targets, train, and undo it on the predictions. Clipping is the known
wrong cure: it hides the explosion and learns next to nothing.

## References
LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.
Measured, targets x1000 with SGD 0.01: NaN; standardised R2 0.91; clipnorm=1 R2 0.04.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._loss_families import DISTANCES, SQUARED, canonical
from gradmend.findings._outcome import best_ratio_to_trivial, course_arrives, outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_RMS = 10.0  # squared errors: a hundred times the loss of unit targets
MAX_RMS_LINEAR = 100.0  # absolute errors: their gradient does not grow, only the way is long
MIN_STD = 0.01  # a hundredth of unit spread: the squared error starts at 1e-4
DROWNED = 10.0  # of the targets' RMS: an output this large has to be unlearned first
# A training of this length that is still worse than the mean of the targets had its time: house
# prices in dollars, Huber loss and SGD 0.01 end at 1.2 after 1140 steps, and at 0.05 standardised.
ENOUGH_STEPS = 300
WORSE = 1.05  # of the loss of a constant
FITTED = 0.3  # of the targets' RMS: the output is about as large already


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output whose target is off scale."""
    arrived = course_arrives(m.course)
    for output in m.outputs:
        target, loss = output.target, canonical(output.loss)
        if target is None or loss not in DISTANCES or target.nonfinite:
            continue
        limit = MAX_RMS if loss in SQUARED else MAX_RMS_LINEAR
        reached = (output.mean**2 + output.std**2) ** 0.5
        large = target.rms > limit and reached < FITTED * target.rms
        small = loss in SQUARED and 0.0 < target.std < MIN_STD
        if not (large or small):
            continue
        drowned = small and outcome_fails(m) and reached > DROWNED * target.rms
        what = f"RMS {number(target.rms)}" if large else f"standard deviation {number(target.std)}"
        severity = Severity.WARNING if drowned or (large and not arrived) else Severity.NOTE
        yield RULE.found(
            Severity.ERROR if large and _worse_than_a_constant(m.course) else severity,
            Symptom.EXPLODING if large else Symptom.NOT_LEARNING,
            Cause.TARGET_SCALE,
            f"target {named([target.name])} has {what}, far from 1 "
            f"(limit {number(limit if large else MIN_STD)} target units)",
            where=[target.name],
            evidence=[
                Evidence(name="target RMS", value=target.rms, unit="target units"),
                Evidence(name="target standard deviation", value=target.std, unit="target units"),
                Evidence(name="output RMS", value=reached, unit="target units"),
            ],
        )


def _worse_than_a_constant(course: Course | None) -> bool:
    """Whether a long training did not even find the mean of the targets."""
    if course is None or course.total_steps < ENOUGH_STEPS:
        return False
    ratio = best_ratio_to_trivial(course)
    return ratio is not None and ratio > WORSE


RULE = Rule(
    code="D102",
    name="target-far-from-unit-scale",
    check=check,
    explains=frozenset({"N104", "N105", "V103", "S102", "S103", "T101", "T102", "T103"}),
    unless=frozenset({"N101"}),
)
