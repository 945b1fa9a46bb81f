"""Units of a tanh or sigmoid layer drift to the ends of their range.

## What it means
The outputs of the layer sit where the activation is flat: little gradient passes, and what
the units have learned is frozen. Weights that grow without bound lead there.

## How it is measured
Forward passes after some of the sampled steps, on the batch of the step: the share of outputs
beyond 0.99 (tanh) or outside 0.01..0.99 (sigmoid). More than half of a layer in each of the last
two looks and at least 30 % of it more than in the first, while the loss fell by less than
20 %; or more than 90 %, whatever the loss did.

## When it is wrong
Trained networks decide, and deciding units saturate: up to 90 % is no finding while the loss
falls. Gates, recurrent layers and the output of the model are left out.

## What to try
A smaller learning rate; weight decay when weights have grown for many epochs; a
normalization before the activation.

## References
Glorot & Bengio (2010), AISTATS, section 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._wording import named, percent
from gradmend.findings.over_time._rule import RunRule
from gradmend.findings.over_time._series import (
    ends,
    first_beyond,
    layer_courses,
    losses,
    worst_first,
)
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.training import LayerSample, TrainingRun

MAX_SATURATED = 0.5
SURE = 0.9
MIN_GROWTH = 0.3
MIN_FALL = 0.2
MIN_SEEN = 16  # samples and positions


def check(run: TrainingRun) -> Iterator[Finding]:
    """Yield one finding, about the most saturated layer; all that drifted are named."""
    limit = SURE if _learns(run) else MAX_SATURATED
    courses = layer_courses(run, _saturated)
    sick = worst_first(courses, limit, MIN_GROWTH)
    if not sick:
        return
    worst = sick[0]
    since = first_beyond(worst, limit)
    yield RULE.found(
        Severity.WARNING,
        Symptom.SATURATED,
        Cause.LEARNING_RATE,
        f"the saturated share of {named([worst.path])} grows from {percent(worst.first)} to "
        f"{percent(worst.last)} (limit {percent(limit)}), beyond it from step {since} on; "
        f"{len(sick)} of {len(courses)} layers drift so far",
        where=[course.path for course in sick],
        evidence=[
            Evidence(name="saturated", value=worst.last, unit="share"),
            Evidence(name="saturated at first", value=worst.first, unit="share"),
            Evidence(name="at step", value=float(since), unit="steps"),
        ],
    )


def _saturated(layer: LayerSample) -> float | None:
    return layer.saturated if layer.seen >= MIN_SEEN and not layer.nonfinite else None


def _learns(run: TrainingRun) -> bool:
    """Whether the loss falls; unknown counts as falling, which is the milder judgement."""
    course = ends([loss for _, loss in losses(run)])
    return course is None or course[0] <= 0 or 1.0 - course[1] / course[0] >= MIN_FALL


RULE = RunRule(code="M108", name="drift-into-saturation", check=check)
