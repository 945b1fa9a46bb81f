"""A step of the training gave NaN or infinity.

## What it means
From that step on the weights would have been NaN. The monitor stopped, skipped the batch or
let it pass, as it was told to.

## How it is measured
The loss of every step, and the weights after it; the first bad step is found by running the
steps since the last copy again.

## When it is wrong
With several steps per execution on TensorFlow only the group of steps is known.

## What to try
`gradmend replay CAPSULE MODEL.keras` names the first layer. Often: a smaller learning rate,
`global_clipnorm`, `from_logits=True` instead of a logarithm of 0, or a look at the batch.

## References
Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural
networks, ICML.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings.over_time._rule import RunRule
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.training import TrainingRun


def check(run: TrainingRun) -> Iterator[Finding]:
    """Yield one finding about the first bad step."""
    bad = [i for i in run.incidents if i.kind in ("nonfinite", "skipped")]
    if not bad:
        return
    capsule = f"; capsule {bad[0].file}" if bad[0].file else ""
    more = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
    yield RULE.found(
        Severity.ERROR,
        Symptom.NON_FINITE,
        Cause.NUMERICS,
        f"{bad[0].message}{more}{capsule}",
        evidence=[Evidence(name="first bad step", value=float(bad[0].step), unit="steps")],
        certain=True,
    )


RULE = RunRule(code="M101", name="step-not-finite", check=check)
