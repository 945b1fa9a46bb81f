"""Take shorter steps.

## What it changes
The learning rate: the default of the optimizer where it stood above, else a tenth.

## When it helps
The loss rises after a step although data, targets and weights have a sane scale. Measured,
ten tanh layers with Adam: 0.02 gives 0.11-0.21 accuracy, 0.002 gives 0.98.

## When it harms
It does not cure an exploding recurrence (still NaN at a hundredth of the rate), nor raw
inputs or targets, only hides them for longer.

## References
Bengio (2012), Practical recommendations for gradient-based training, section 3.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import optimizer_line
from gradmend.treatments._treatment import Treatment

DEFAULTS = {
    "adam": 1e-3,
    "adamw": 1e-3,
    "nadam": 1e-3,
    "adamax": 1e-3,
    "rmsprop": 1e-3,
    "lion": 1e-4,
    "lamb": 1e-3,
    "sgd": 1e-2,
}
USUAL_UPDATE = 1e-3
ROUNDED = 0.99  # a rate kept in float32 is a little beside the default it was set to


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription unless the steps are short already."""
    facts = m.optimizer
    if facts is None or not facts.learning_rate:
        return
    ratios = [w.update_ratio for w in m.weights if w.role == "kernel" and w.update_ratio]
    if finding.code == "T102" and ratios and median(ratios) < USUAL_UPDATE:
        return
    lower = replace(facts, learning_rate=lower_rate(facts.name, facts.learning_rate))
    yield TREATMENT.prescription(
        finding,
        expected="the loss of a batch falls after a step on that batch",
        where=(),
        before=(optimizer_line(facts),),
        after=(optimizer_line(lower),),
    )


def lower_rate(optimizer: str, rate: float) -> float:
    """The optimizer's default rate where `rate` stands above it, else a tenth of `rate`.

    Example:
        >>> lower_rate("adam", 0.1), lower_rate("adam", 0.001)
        (0.001, 0.0001)
    """
    default = DEFAULTS.get(optimizer.lower())
    return rate / 10 if default is None or default > ROUNDED * rate else default


TREATMENT = Treatment(
    name="lower-learning-rate",
    title="lower the learning rate",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.LEARNING_RATE}),
    never=frozenset({"S103", "S105", "Z102"}),
)
