"""No weight of the model is trainable.

## What it means
`fit` runs, the loss is computed, and nothing changes: every layer is frozen, or the
model has no weights at all.

## How it is measured
The number of trainable parameters, counted as the optimizer sees them.

## When it is wrong
Never for a model that is to learn. A model that is only evaluated needs no `fit`.

## What to try
`layer.trainable = True` for at least the head, then `compile` again: Keras reads the flag when
it compiles the step.

## References
Keras documentation, Transfer learning & fine-tuning: "Freezing layers".
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._rule import Rule
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the model as a whole."""
    if m.model.trainable_parameters > 0 or m.optimizer is None:
        return
    if m.model.parameters:
        told = f"all {m.model.frozen_layers} layers with weights are frozen"
    else:
        told = "the model has no weights"
    yield RULE.found(
        Severity.ERROR,
        Symptom.NOT_LEARNING,
        Cause.LEARNING_RATE,
        f"{told}: 0 of {m.model.parameters:,} parameters can change (at least 1 must)",
        evidence=[Evidence(name="trainable parameters", value=0.0, unit="parameters")],
        certain=True,
    )


RULE = Rule(
    code="Z102",
    name="nothing-to-train",
    check=check,
    explains=frozenset({"Z101", "S103", "T102"}),
)
