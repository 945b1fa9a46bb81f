"""The output is a softmax over a single unit, which is 1 whatever the input.

## What it means
Softmax divides by the sum over the units; with one unit the answer is always 1.
The output does not depend on the weights, so the gradient is exactly zero.

## How it is measured
The last activation is softmax and the output has one unit. Nothing is estimated.

## When it is wrong
Never for an output. TensorFlow's Keras backend feeds binary cross-entropy the
number before the softmax, so weights do move there; predictions stay at 1.

## What to try
`Dense(1, activation="sigmoid")` with binary cross-entropy for two classes,
`Dense(1)` for a regression, or one unit per class for more classes.

## References
Bridle (1990), Probabilistic interpretation of feedforward classification network
outputs, in Neurocomputing, Springer.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output with a softmax over one unit."""
    for output in m.outputs:
        if output.activation != "softmax" or output.units != 1:
            continue
        where = output.layer or output.name
        yield RULE.found(
            Severity.ERROR,
            Symptom.ZERO_GRADIENT,
            Cause.OUTPUT_ACTIVATION,
            f"output {named([where])} is a softmax over 1 unit: it is 1 for every input "
            "(at least 2 units are needed)",
            where=[where],
            evidence=[Evidence(name="units", value=float(output.units), unit="units")],
            certain=True,
        )


RULE = Rule(
    code="L101",
    name="one-unit-softmax",
    check=check,
    explains=frozenset(
        {"Z101", "V101", "V102", "L104", "L105", "S102", "S103", "T101", "T102", "T103"}
    ),
)
