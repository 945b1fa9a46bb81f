"""The gradient faded away while the loss stood still.

## What it means
The gradient shrank to a small part of what it was, and not because the training had
arrived: the loss hardly moved.

## How it is measured
The median gradient norm of the last fifth of the samples is below 1 % of that of the first
fifth, and the loss fell by less than 20 % between the same windows.

## When it is wrong
A gradient that shrinks while the loss falls is a training that converges. Losses are means
over the epoch so far. Fewer than 20 samples are not judged.

## What to try
`gradmend check` on the model as it is now: units may have died or saturated on the way.

## References
Glorot & Bengio (2010), AISTATS.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._wording import number, percent
from gradmend.findings.over_time._rule import RunRule
from gradmend.findings.over_time._series import ends, losses, norms
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.training import TrainingRun

MAX_SHARE = 0.01
MIN_FALL = 0.2


def check(run: TrainingRun) -> Iterator[Finding]:
    """Yield at most one finding."""
    sizes = ends([norm for _, norm in norms(run)])
    course = ends([loss for _, loss in losses(run)])
    if sizes is None or course is None or sizes[0] <= 0 or course[0] <= 0:
        return
    share, fall = sizes[1] / sizes[0], 1.0 - course[1] / course[0]
    if share >= MAX_SHARE or fall >= MIN_FALL:
        return
    yield RULE.found(
        Severity.ERROR,
        Symptom.VANISHING,
        Cause.ACTIVATION,
        f"the gradient norm fades from {number(sizes[0])} to {number(sizes[1])} (limit "
        f"{percent(MAX_SHARE)}) while the loss falls by {percent(max(fall, 0.0))} only",
        evidence=[
            Evidence(name="remaining gradient", value=share, unit="of its first size"),
            Evidence(name="fall of the loss", value=fall, unit="share"),
        ],
    )


RULE = RunRule(code="M103", name="gradient-fades-in-training", check=check)
