"""The loss expects probabilities, and the output is not one.

## What it means
Without `from_logits=True` a cross-entropy takes the logarithm of the output as it
stands. Numbers below 0 or above 1 are clipped, and a clipped number has no gradient;
the rest are fitted as if they were probabilities.

## How it is measured
The loss is a cross-entropy with `from_logits=False`, or the Kullback-Leibler divergence, the
last activation does not yield probabilities, and the output leaves 0..1 or its rows do not add
up to 1.

## When it is wrong
A custom layer that normalizes its output, but not exactly, may come near the
limit of 0.01 on the sum of a row. A network may learn in spite of it, as tanh before a binary
cross-entropy sometimes does: then it is a warning.

## What to try
End in softmax (one class per row) or sigmoid (independent classes), or keep the
linear output and set `from_logits=True`, which is the more exact of the two.

## References
Keras documentation, `keras.losses.CategoricalCrossentropy`, argument `from_logits`.
Measured on digits, 10 epochs: accuracy 0.09-0.15 in place of 0.94.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._loss_families import BINARY, CROSSENTROPIES, canonical
from gradmend.findings._outcome import course_learned
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.facts import OutputFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_OUTSIDE = 1e-4  # float16 rounding of a probability stays below it
MAX_ROW_SUM_ERROR = 0.01  # softmax in float16 over 1000 classes stays below 2e-3
DIVERGENCE = "kl_divergence"
PROBABILITIES = frozenset({"softmax", "sigmoid", "hard_sigmoid"})


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output whose numbers are no probabilities."""
    for output in m.outputs:
        loss = canonical(output.loss)
        if not _takes_probabilities(output, loss):
            continue
        if output.activation in PROBABILITIES or not _is_no_probability(output, loss):
            continue
        where = output.layer or output.name
        bounded = output.activation not in (None, "linear")
        # The divergence from raw outputs may fall below every yardstick: it proves nothing.
        learned = course_learned(m.course) and loss != DIVERGENCE
        yield RULE.found(
            Severity.WARNING if learned else Severity.ERROR,
            Symptom.NOT_LEARNING,
            Cause.OUTPUT_ACTIVATION if bounded else Cause.LOSS_PAIRING,
            f"output {named([where])} ({output.activation or 'no known activation'}) reaches "
            f"{number(output.smallest)}..{number(output.largest)}, but {_named(loss)} "
            "takes it for a probability (limits 0..1, rows that add up to 1)",
            where=[where],
            evidence=_evidence(output),
            certain=True,
        )


def _takes_probabilities(output: OutputFacts, loss: str | None) -> bool:
    return loss == DIVERGENCE or (loss in CROSSENTROPIES and output.from_logits is False)


def _named(loss: str | None) -> str:
    return str(loss) if loss == DIVERGENCE else f"{loss} with from_logits=False"


def _is_no_probability(output: OutputFacts, loss: str | None) -> bool:
    if output.nonfinite:
        return False
    if output.smallest < -MAX_OUTSIDE or output.largest > 1.0 + MAX_OUTSIDE:
        return True
    error = output.row_sum_error
    return loss not in BINARY and error is not None and error > MAX_ROW_SUM_ERROR


def _evidence(output: OutputFacts) -> list[Evidence]:
    numbers = [
        Evidence(name="smallest output", value=output.smallest, unit="output units"),
        Evidence(name="largest output", value=output.largest, unit="output units"),
    ]
    if output.row_sum_error is not None:
        numbers.append(Evidence(name="row sum error", value=output.row_sum_error, unit="1"))
    return numbers


RULE = Rule(
    code="L103",
    name="logits-before-probability-loss",
    check=check,
    explains=frozenset(
        {
            "V101",
            "V102",
            "V103",
            "Z101",
            "N104",
            "N105",
            "A101",
            "S102",
            "S103",
            "T101",
            "T102",
            "T103",
        }
    ),
)
