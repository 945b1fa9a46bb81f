"""Weight decay shrinks the weights faster than the gradient can build them.

## What it means
Keras' optimizers multiply every weight by 1 - learning rate · weight decay at each step. At
1 % per step a weight that the data wants has forgotten the gradient of 100 steps ago.

## How it is measured
`learning_rate · weight_decay` of the optimizer.

## When it is wrong
A schedule that starts high may come down in time. By itself this is a warning; it becomes an
error when a rehearsal or a training shows that nothing is learned.

## What to try
`AdamW`'s default of 0.004, which at a rate of 0.001 shrinks weights by 4 millionths per step.

## References
Loshchilov & Hutter (2019), Decoupled weight decay regularization, ICLR, section 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_DECAY = 0.01  # of the weight per step: a memory of a hundred steps


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the optimizer."""
    optimizer = m.optimizer
    if optimizer is None or not optimizer.weight_decay or not optimizer.learning_rate:
        return
    decay = optimizer.learning_rate * optimizer.weight_decay
    if decay <= MAX_DECAY:
        return
    yield RULE.found(
        Severity.ERROR if outcome_fails(m) else Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.REGULARIZATION,
        f"weight decay takes {number(decay)} of every weight at each step "
        f"(limit {number(MAX_DECAY)}): {number(optimizer.weight_decay)} times the learning rate "
        f"{number(optimizer.learning_rate)}",
        evidence=[Evidence(name="decay per step", value=decay, unit="of the weight")],
    )


RULE = Rule(
    code="G103",
    name="weight-decay-outpaces-learning",
    check=check,
    explains=frozenset({"S102", "V101", "V102", "T101", "T102", "T103"}),
)
