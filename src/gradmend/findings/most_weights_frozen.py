"""Most of the weights are frozen, and what is left does not learn the task.

## What it means
A frozen layer hands on what it was given. Trained features make a good base; layers that were
frozen before they learned anything are a random projection, and the head must do with that.

## How it is measured
The share of parameters that cannot change, together with a training that ends at more than 0.75
of the loss of a constant prediction.

## When it is wrong
Fine-tuning freezes on purpose, and works: without a failed training nothing is said.

## What to try
Train the whole model, or check that the pretrained weights were really loaded.

## References
Keras documentation, Transfer learning & fine-tuning.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import course_disappoints, outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import percent
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

HARDLY = 0.75  # of the loss of a constant: random features that serve end below 0.5
MOST = 0.5  # of the parameters


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the model as a whole."""
    facts = m.model
    if not facts.frozen_layers or not facts.trainable_parameters or m.course is None:
        return
    if not (outcome_fails(m) or course_disappoints(m.course, HARDLY)):
        return
    share = 1.0 - facts.trainable_parameters / facts.parameters
    if share < MOST:
        return
    yield RULE.found(
        Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.LEARNING_RATE,
        f"{facts.frozen_layers} frozen layers hold {percent(share)} of the parameters "
        f"(limit {percent(MOST)}), and the rest learned next to nothing",
        evidence=[Evidence(name="frozen parameters", value=share, unit="share")],
    )


RULE = Rule(
    code="Z103",
    name="most-weights-frozen",
    check=check,
    explains=frozenset({"T102"}),
    unless=frozenset({"Z102", "L101", "L102", "L103", "L105", "D101", "D103", "D104", "S101"}),
)
