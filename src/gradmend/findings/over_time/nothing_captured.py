"""No gradient was seen in this training.

## What it means
The record holds no sample: nothing can be said about the gradients, and silence here is
no good news.

## How it is measured
The number of sampled steps in the record, beside the number of steps taken.

## When it is wrong
A training that was killed in its first steps has no sample yet.

## What to try
Let `train_step` hand its gradients to a Keras optimizer: `self.optimizer.apply(gradients,
self.trainable_variables)`, on JAX `stateless_apply`. A `torch.optim` or
optax optimizer is not seen.

## References
keras-team/keras, `Optimizer.apply`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings.over_time._rule import RunRule
from gradmend.records.finding import Cause, Finding, Severity, Symptom
from gradmend.records.training import TrainingRun


def check(run: TrainingRun) -> Iterator[Finding]:
    """Yield one finding when steps were taken and none was sampled."""
    if run.samples or not run.steps:
        return
    notes = [incident.message for incident in run.incidents if incident.kind == "note"]
    why = f": {notes[0]}" if notes else ""
    yield RULE.found(
        Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.NUMERICS,
        f"no gradient was captured in {run.steps} steps{why}",
    )


RULE = RunRule(code="M100", name="nothing-captured", check=check)
