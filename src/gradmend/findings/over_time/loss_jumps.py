"""The loss jumped and stayed high.

## What it means
The training lost what it had learned, at least for a while.

## How it is measured
Three samples in a row above twice the median loss of the 16 samples before them. The largest
gradient norm in the samples just before tells whether the gradient jumped first.

## When it is wrong
The loss in the record is the mean over the epoch so far, which hides short spikes. A loss
that may be negative is not judged.

## What to try
If the gradient jumped first: clip it. Otherwise look at the batches before the step named.

## References
Molybog et al. (2023), A theory on Adam instability in large-scale machine learning,
arXiv:2304.09871.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from gradmend.findings._wording import number
from gradmend.findings.over_time._rule import RunRule
from gradmend.findings.over_time._series import above_rolling_median, losses
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.training import TrainingRun

FACTOR = 2.0
WINDOW = 16
PRECEDED = 3.0  # times the usual gradient norm


def check(run: TrainingRun) -> Iterator[Finding]:
    """Yield one finding about the first jump."""
    series = losses(run)
    values = [loss for _, loss in series]
    if min(values, default=-1.0) < 0:
        return
    place = above_rolling_median(values, FACTOR, WINDOW)
    if place is None:
        return
    step = series[place][0]
    usual = median(values[place - WINDOW : place])
    yield RULE.found(
        Severity.WARNING,
        Symptom.EXPLODING,
        Cause.LEARNING_RATE,
        f"the loss jumps from {number(usual)} to {number(values[place])} at step {step} and stays "
        f"there (limit {FACTOR:.0f} times); {_preceded(run, step)}",
        evidence=[Evidence(name="jump", value=values[place] / usual, unit="times")],
    )


def _preceded(run: TrainingRun, step: int) -> str:
    before = [s for s in run.samples if s.step <= step][-WINDOW:]
    usual, largest = median(s.grad_norm for s in before), max(before, key=lambda s: s.grad_norm)
    if usual > 0 and largest.grad_norm > PRECEDED * usual:
        return (
            f"the gradient jumped first: {number(largest.grad_norm)} at step {largest.step}, "
            f"usually {number(usual)}"
        )
    return "no sampled gradient stood out before it"


RULE = RunRule(code="M105", name="loss-jumps", check=check)
