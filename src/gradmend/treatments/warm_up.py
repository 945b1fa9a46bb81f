"""Begin with short steps.

## What it changes
The learning rate rises from zero to its value over the first hundred steps, and stays there.

## When it helps
The first steps throw the loss up and the later ones would not: Adam before its averages have
settled, large rates, normalization behind the sum of a residual block.

## When it harms
It cannot save a rate that stays too high, nor cure spikes in the middle of a training (clip
those). It delays short trainings.

## References
Goyal et al. (2017), Accurate, large minibatch SGD, arXiv:1706.02677. Gotmare et al. (2019),
A closer look at deep learning heuristics, ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

STEPS = 100
CODES = frozenset({"S102", "S101"})


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for a constant learning rate whose first steps overshoot."""
    facts = m.optimizer
    if facts is None or not facts.learning_rate or facts.scheduled or finding.code not in CODES:
        return
    rate = f"{facts.learning_rate:.3g}"
    yield TREATMENT.prescription(
        finding,
        expected="the loss falls from the first step on, and the full rate is borne later",
        where=(),
        before=(f"{facts.name}(learning_rate={rate})",),
        after=(
            f"rising = CosineDecay(0.0, 1, alpha=1.0, warmup_target={rate}, warmup_steps={STEPS})",
            f"{facts.name}(learning_rate=rising)",
        ),
    )


TREATMENT = Treatment(
    name="warm-up",
    title="warm the learning rate up",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.LEARNING_RATE}),
)
