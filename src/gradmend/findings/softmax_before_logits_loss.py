"""The output is already a probability, and the loss squashes it a second time.

## What it means
With `from_logits=True` the loss applies its own softmax or sigmoid. Two in a row
keep the probabilities near even: the loss cannot approach zero, training crawls
and stops at a plateau, while every gradient looks healthy.

## How it is measured
The last activation is softmax or sigmoid, and the loss says `from_logits=True`.
The rows of the output add up to 1 (or lie in 0..1), which confirms it.

## When it is wrong
TensorFlow's Keras backend notices a softmax or sigmoid in the last layer and takes the
number before it. There the finding is a note: the same model learns worse on JAX and
PyTorch.

## What to try
Remove the last activation, or set `from_logits=False`. Not both.

## References
Keras documentation, `keras.losses.CategoricalCrossentropy`, argument `from_logits`.
Measured on digits, two hidden layers, 10 epochs: accuracy 0.58-0.63 in place of 0.94.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output that is squashed twice."""
    repaired = m.backend == "tensorflow"
    for output in m.outputs:
        if output.from_logits is not True or output.activation not in ("softmax", "sigmoid"):
            continue
        where = output.layer or output.name
        error = output.row_sum_error if output.activation == "softmax" else None
        numbers = [] if error is None else [Evidence(name="row sum error", value=error, unit="1")]
        yield RULE.found(
            Severity.NOTE if repaired else Severity.ERROR,
            Symptom.NOT_LEARNING,
            Cause.LOSS_PAIRING,
            f"output {named([where])} ends in {output.activation}, and {output.loss} with "
            "from_logits=True applies it again (exactly 1 of the two is wanted)"
            + ("; TensorFlow undoes it, other backends do not" if repaired else ""),
            where=[where],
            evidence=[
                Evidence(name="smallest output", value=output.smallest, unit="probability"),
                Evidence(name="largest output", value=output.largest, unit="probability"),
                *numbers,
            ],
            certain=not repaired,
        )


RULE = Rule(
    code="L102",
    name="softmax-before-logits-loss",
    check=check,
    explains=frozenset({"V101", "V102", "S103", "T102"}),
)
