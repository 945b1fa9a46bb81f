"""A trainable weight is not updated any more.

## What it means
Its update was exactly zero in every sample of the last fifth of the training, while other
weights moved: what it feeds is dead, or it has no part in the loss.

## How it is measured
The norm of the change that each sampled step made to each weight, over at least five samples
that updated.

## When it is wrong
A learning rate of zero at the end of a schedule stops all weights; then none is named.

## What to try
`gradmend check` names the layer whose units died. For ReLU: He initialization, a smaller learning
rate, `leaky_relu`.

## References
Lu et al. (2019), Dying ReLU and initialization, arXiv:1903.06733.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._wording import named
from gradmend.findings.over_time._rule import RunRule
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.training import TrainingRun

FEWEST = 5


def check(run: TrainingRun) -> Iterator[Finding]:
    """Yield one finding that names every weight that stands still."""
    updated = [sample for sample in run.samples if sample.updated and sample.weights]
    last = updated[-max(FEWEST, len(updated) // 5) :]
    if len(last) < FEWEST:
        return
    moved = {w.path for sample in last for w in sample.weights if w.update_norm != 0}
    still = [weight.path for weight in run.weights if weight.path not in moved]
    if not still or not moved:
        return
    yield RULE.found(
        Severity.WARNING,
        Symptom.ZERO_GRADIENT,
        Cause.ACTIVATION,
        f"{named(still)} of {len(run.weights)} weights stood still in the last "
        f"{len(last)} samples, from step {last[0].step} on",
        where=still,
        evidence=[Evidence(name="weights that stand still", value=float(len(still)), unit="")],
    )


RULE = RunRule(code="M104", name="weight-stands-still", check=check)
