"""The last activation and the loss answer two different questions.

## What it means
Sigmoid units are independent of each other, categorical cross-entropy wants classes
that exclude each other; softmax with binary cross-entropy is the same, reversed.
Either pair learns, often slower and with predictions that mean something else.

## How it is measured
From the configuration: sigmoid with several units before (sparse) categorical
cross-entropy, or softmax with several units before binary cross-entropy. Where more than one
unit is right for a sample (the target, summed over its units, is above 1 on average), a softmax
cannot say so: that is an error when a training ends near a constant prediction.

## When it is wrong
With one right unit per sample both pairs can be meant, and often reach a good accuracy: a warning
at most.

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
from gradmend.findings._outcome import outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.facts import OutputFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MOST_ANSWERS = 1.1  # one-hot and smoothed labels sum to 1


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output whose activation is meant for another loss."""
    for output in m.outputs:
        loss = canonical(output.loss)
        independent = output.activation in SIGMOID_LIKE and loss in CATEGORICAL | SPARSE
        exclusive = output.activation == "softmax" and loss in BINARY
        several = output.activation == "softmax" and _answers(output) > MOST_ANSWERS
        if output.units < 2 or output.from_logits is True:
            continue
        where = output.layer or output.name
        if several:
            yield _several(m, output, where)
            continue
        if not (independent or exclusive):
            continue
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


def _answers(output: OutputFacts) -> float:
    """How many units are right for a sample, on average; 0.0 where targets are class numbers."""
    target = output.target
    if target is None or target.shape != output.shape or target.smallest < 0.0:
        return 0.0
    return target.mean * output.units if target.largest <= 1.0 else 0.0


def _several(m: Measurements, output: OutputFacts, where: str) -> Finding:
    answers = _answers(output)
    return RULE.found(
        Severity.ERROR if outcome_fails(m) else Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.OUTPUT_ACTIVATION,
        f"output {named([where])} shares 1 among {output.units} units by softmax, while "
        f"{number(answers)} of them are right for a sample (limit {MOST_ANSWERS:g})",
        where=[where],
        evidence=[Evidence(name="right units per sample", value=answers, unit="units")],
    )


RULE = Rule(
    code="L104",
    name="head-does-not-fit-loss",
    check=check,
    explains=frozenset({"S103", "T102"}),
    unless=frozenset({"L101"}),
)
