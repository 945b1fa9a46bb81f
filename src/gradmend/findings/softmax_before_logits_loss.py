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

from gradmend.findings._loss_families import CATEGORICAL, SPARSE, canonical
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.facts import OutputFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

ROW_SUM = 1e-4  # float32 probabilities of thousands of classes add up to 1 within this


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output that is squashed twice."""
    for output in m.outputs:
        squashed = _squashed_by(output)
        if output.from_logits is not True or squashed is None:
            continue
        repaired = m.backend == "tensorflow" and squashed == output.activation
        where = output.layer or output.name
        error = output.row_sum_error if squashed == "softmax" else None
        numbers = [] if error is None else [Evidence(name="row sum error", value=error, unit="1")]
        yield RULE.found(
            Severity.NOTE if repaired else Severity.ERROR,
            Symptom.NOT_LEARNING,
            Cause.LOSS_PAIRING,
            f"output {named([where])} ends in {squashed}, and {output.loss} with "
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


def _squashed_by(output: OutputFacts) -> str | None:
    """The last activation, also where reshapes and joins stand behind a softmax."""
    if output.activation in ("softmax", "sigmoid"):
        return output.activation
    error = output.row_sum_error
    sums = error is not None and error <= ROW_SUM and output.smallest >= 0.0
    classes = canonical(output.loss) in CATEGORICAL | SPARSE and output.units > 1
    return "softmax" if sums and classes and not output.nonfinite else None


RULE = Rule(
    code="L102",
    name="softmax-before-logits-loss",
    check=check,
    explains=frozenset({"V101", "V102", "S103", "T102"}),
)
