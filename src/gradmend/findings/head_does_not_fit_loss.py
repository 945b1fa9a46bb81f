"""The last activation and the loss answer two different questions.

## What it means
Sigmoid units are independent of each other, categorical cross-entropy wants classes
that exclude each other; softmax with binary cross-entropy is the same, reversed.
Either pair learns, often slower and with predictions that mean something else.

## How it is measured
From the configuration: sigmoid with several units before (sparse) categorical
cross-entropy, or softmax with several units before binary cross-entropy.

## When it is wrong
Both pairs can be meant, and often reach a good accuracy: a warning, never more.

## What to try
Softmax with categorical cross-entropy when exactly one class is right, sigmoid
with binary cross-entropy when several may be.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.2.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._activation_families import SIGMOID_LIKE
from gradmend.findings._loss_families import BINARY, CATEGORICAL, SPARSE, canonical
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output whose activation is meant for another loss."""
    for output in m.outputs:
        loss = canonical(output.loss)
        independent = output.activation in SIGMOID_LIKE and loss in CATEGORICAL | SPARSE
        exclusive = output.activation == "softmax" and loss in BINARY
        if output.units < 2 or output.from_logits is True or not (independent or exclusive):
            continue
        where = output.layer or output.name
        meant = "softmax" if independent else "sigmoid"
        yield RULE.found(
            Severity.WARNING if independent else Severity.NOTE,
            Symptom.NOT_LEARNING,
            Cause.LOSS_PAIRING,
            f"output {named([where])} ends in {output.activation} over {output.units} units, "
            f"while {loss} is meant for {meant}",
            where=[where],
            evidence=[Evidence(name="units", value=float(output.units), unit="units")],
        )


RULE = Rule(
    code="L104",
    name="head-does-not-fit-loss",
    check=check,
    explains=frozenset({"S103", "T102"}),
    unless=frozenset({"L101"}),
)
