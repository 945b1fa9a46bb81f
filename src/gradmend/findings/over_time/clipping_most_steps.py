"""Most gradients are clipped: the clip limit does the work of the learning rate.

## What it means
More than half of the updates are cut to the same size. Clipping is meant for the few large ones.

## How it is measured
The mean share of clipped gradients over the samples that updated, with the 90th percentile of
the gradient norm before clipping as the advised limit.

## When it is wrong
Training with normalized gradients on purpose, as some large models do.

## What to try
Lower the learning rate, and set `global_clipnorm` to the advised limit.

## References
Godbole et al. (2023), Deep learning tuning playbook, "How can optimization failures be debugged".
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean, quantiles

from gradmend.findings._wording import number, percent
from gradmend.findings.over_time._rule import RunRule
from gradmend.findings.over_time._series import FEWEST_SAMPLES, norms
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.training import TrainingRun

MAX_SHARE = 0.5


def check(run: TrainingRun) -> Iterator[Finding]:
    """Yield one finding when more than half is clipped."""
    shares = [s.clipped_share for s in run.samples if s.clipped_share is not None and s.updated]
    advised = advised_clipnorm(run)
    if len(shares) < FEWEST_SAMPLES or fmean(shares) <= MAX_SHARE or advised is None:
        return
    yield RULE.found(
        Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.LEARNING_RATE,
        f"{percent(fmean(shares))} of the gradients are clipped by {run.clip}={run.clip_limit} "
        f"(limit {percent(MAX_SHARE)}); 90 % of the norms are below {number(advised)}",
        evidence=[
            Evidence(name="clipped", value=fmean(shares), unit="share"),
            Evidence(name="90th percentile of the norm", value=advised, unit="norm"),
        ],
    )


def advised_clipnorm(run: TrainingRun) -> float | None:
    """Return the 90th percentile of the gradient norm before clipping, None for too few samples."""
    values = [norm for sample, norm in norms(run) if sample.updated]
    return None if len(values) < FEWEST_SAMPLES else quantiles(values, n=10)[-1]


RULE = RunRule(code="M106", name="clipping-most-steps", check=check)
