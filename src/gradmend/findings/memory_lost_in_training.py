"""The training has shortened the memory of a recurrent layer.

## What it means
At the start the gradient reached the first steps, after the training it does not: instead of
learning to keep what stands far back, the network has learned to forget it, and fits the last
steps. Recurrences without gates do so by lot: over 200 steps some seeds learn and others do not.

## How it is measured
How many decades the gradient falls back to the first real step (or the lag you named), before
the training and after it, exact ‖dL/dh‖ where it was unrolled. Looked for only where a training
ended above half of the trivial loss. The limits are three decades, and two more than before.

## When it is wrong
A task that needs only the last steps, and is so noisy that no network learns it better: there
to forget is right. A network that has learned latches, and is not judged.

## What to try
A gated cell with long-memory biases (chrono), which starts where the training has to end.
Another seed may do as well, and proves nothing.

## References
Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks, ICML.
Measured, agreement over 200 steps, SimpleRNN: after the training 4.3 to 7.7 decades on the seeds
that stay at 0.53-0.85, -0.1 on those that reach 1.00; 1.2 to 1.7 before it on all.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import (
    LEARNED_BELOW,
    course_disappoints,
    learned_before,
    outcome_fails,
)
from gradmend.findings._rule import Rule
from gradmend.findings._through_time import fall_over, lag_of
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import TimeSignal

MAX_DECADES = 3.0  # a step is drowned beyond it
MIN_LOST = 2.0  # decades; what was short before the training was not lost in it
MIN_STEPS = 25.0  # Adam learned 20 steps back across ten decades


def look_after_pays(m: Measurements) -> bool:
    """Whether a trained model is worth a second look through time: a long memory, not learned."""
    long = any(t.real_steps >= MIN_STEPS for t in m.times)
    return long and not learned_before(m) and course_disappoints(m.course, LEARNED_BELOW)


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for the layer that has lost most."""
    if not look_after_pays(m):
        return
    lost = [item for item in _losses(m) if item[0] > MAX_DECADES and item[0] - item[1] > MIN_LOST]
    if not lost:
        return
    after, before, worst = max(lost, key=lambda item: item[0] - item[1])
    steps = lag_of(m, worst)
    yield RULE.found(
        Severity.ERROR if outcome_fails(m) else Severity.WARNING,
        Symptom.VANISHING,
        Cause.RECURRENT_MEMORY,
        f"training has shortened the memory of {named([worst.layer])}: over {steps:.0f} steps the "
        f"gradient falls {number(after)} decades after it, {number(before)} before "
        f"(limit {number(MAX_DECADES)})",
        where=list(dict.fromkeys(t.layer for _, _, t in lost)),
        evidence=[
            Evidence(name="fall after the training", value=after, unit="decades"),
            Evidence(name="fall before the training", value=before, unit="decades"),
            Evidence(name="steps", value=steps, unit="steps"),
        ],
    )


def _losses(m: Measurements) -> Iterator[tuple[float, float, TimeSignal]]:
    """Decades after and before the training, of every layer that was seen both times."""
    earlier = {(t.layer, t.call): t for t in m.times}
    for seen in m.times_after:
        first = earlier.get((seen.layer, seen.call))
        if first is None or first.real_steps < MIN_STEPS:
            continue
        after, before = fall_over(seen, lag_of(m, seen)), fall_over(first, lag_of(m, first))
        if after is not None and before is not None:
            yield after, before, seen


RULE = Rule(
    code="R108",
    name="memory-lost-in-training",
    check=check,
    explains=frozenset({"S103", "A107", "T102", "T103"}),
)
