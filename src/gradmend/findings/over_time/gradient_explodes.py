"""The gradient norm jumped and stayed high.

## What it means
The gradient became many times larger than it had been: the training left the region where
its learning rate fits.

## How it is measured
Three samples in a row above ten times the median of the 16 samples before them.

## When it is wrong
A single spike comes back and is no finding. A schedule that changes the loss (a
curriculum, a thawed layer) changes its gradient too.

## What to try
`global_clipnorm` at the advised value, a smaller learning rate, a warm-up.

## References
Pascanu, Mikolov & Bengio (2013), ICML. Chowdhery et al. (2022), PaLM, section 5.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._wording import number
from gradmend.findings.over_time._rule import RunRule
from gradmend.findings.over_time._series import above_rolling_median, norms
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.training import StepSample, TrainingRun

FACTOR = 10.0
WINDOW = 16


def check(run: TrainingRun) -> Iterator[Finding]:
    """Yield one finding about the first jump."""
    series = norms(run)
    place = above_rolling_median([norm for _, norm in series], FACTOR, WINDOW)
    if place is None:
        return
    before, sample = series[place - 1][0], series[place][0]
    grown = _grown(before, sample)
    where = f", most at '{grown}'" if grown else ""
    yield RULE.found(
        Severity.ERROR,
        Symptom.EXPLODING,
        Cause.LEARNING_RATE,
        f"the gradient norm jumps from {number(before.grad_norm)} to {number(sample.grad_norm)} "
        f"at step {sample.step} and stays there (limit {FACTOR:.0f} times){where}",
        where=(grown,) if grown else (),
        evidence=[
            Evidence(name="jump", value=sample.grad_norm / before.grad_norm, unit="times"),
            Evidence(name="at step", value=float(sample.step), unit="steps"),
        ],
    )


def _grown(before: StepSample, after: StepSample) -> str | None:
    """Return the weight whose gradient grew most."""
    old = {w.path: w.gradient_norm for w in before.weights}
    ratios = [
        (w.gradient_norm / old[w.path], w.path) for w in after.weights if old.get(w.path, 0.0) > 0
    ]
    return max(ratios)[1] if ratios else None


RULE = RunRule(code="M102", name="gradient-explodes-in-training", check=check)
