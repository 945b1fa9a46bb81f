"""Let every weight have a step length of its own (Adam).

## What it changes
SGD becomes Adam at its default rate, 0.001. So does an optimizer whose settings leave next to
nothing of the step: an epsilon of 1000, gradients clipped to a millionth.

## When it helps
Gradients are small everywhere, or of very different size from layer to layer, and not zero:
Adam divides the size out. Measured, 30 ReLU layers with `glorot_uniform`: gradients 1.5e-6
of the weights, and Adam still reaches 0.79 to 0.95.

## When it harms
Gradients below Adam's epsilon of 1e-7 stay lost. It hides the scale of inputs and targets
(R2 0.11 in place of 0.91), and an exploding recurrence stays bad (33 to 57 in place of 0.02).

## References
Kingma & Ba (2015), Adam: a method for stochastic optimization, ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.facts import OptimizerFacts
from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import optimizer_line
from gradmend.treatments._treatment import Treatment

MIN_CLIP = 1e-3  # of a gradient entry or norm: below it clipping sets the length of the step
MAX_EPSILON = 0.1  # Adam divides by sqrt(v) + epsilon, and sqrt(v) is a gradient
PLAIN = frozenset({"sgd"})
CODES = frozenset({"V101", "V102", "S103", "T102"})


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for plain SGD, or odd settings, where steps are too small."""
    facts = m.optimizer
    if facts is None or finding.code not in CODES:
        return
    if facts.name.lower() not in PLAIN and not stifled(facts):
        return
    yield TREATMENT.prescription(
        finding,
        expected="every layer takes steps of one size, however small its gradient",
        where=(),
        before=(optimizer_line(facts),),
        after=("Adam(learning_rate=0.001)",),
    )


def stifled(facts: OptimizerFacts) -> bool:
    """Whether settings beside the learning rate leave next to nothing of every step."""
    clips = (facts.clipnorm, facts.clipvalue, facts.global_clipnorm)
    clipped = any(clip is not None and clip < MIN_CLIP for clip in clips)
    return clipped or (facts.epsilon or 0.0) > MAX_EPSILON


TREATMENT = Treatment(
    name="change-optimizer",
    title="use Adam",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.DEPTH, Cause.INITIALIZER, Cause.LEARNING_RATE, Cause.ACTIVATION}),
)
