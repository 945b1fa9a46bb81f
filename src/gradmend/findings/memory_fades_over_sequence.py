"""A plain recurrence over a long sequence, in a training that learned nothing that carries over.

## What it means
At each step a plain recurrence mixes all of its state with the new input. Over hundreds of steps
even an orthogonal kernel leaves the first words a tenth of the gradient that the last ones get, and
from seed to seed it is luck whether training finds them. Where it does not, the network learns
its rows by heart, or nothing.

## How it is measured
The fall of ‖dL/dh‖ from its largest to the first real step, by unrolling the layer, for recurrences
without gates over 100 steps or more; and the training, which ended at the loss of a constant
prediction, on the rows it trained on or on those held back.

## When it is wrong
It is a conclusion by elimination: a task without an answer looks the same, and so do labels that
are wrong. A training that learned is not judged.

## What to try
Gates that keep a state (LSTM, GRU) with biases for so long a memory, an identity recurrence,
shorter windows. Or another seed: `mend` says when that is all that is needed.

## References
Le, Jaitly & Hinton (2015), A simple way to initialize recurrent networks, arXiv:1504.00941.
Measured, agreement over 200 steps with Keras' orthogonal SimpleRNN: 17 of 24 seeds learn.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings import validation_never_beats_trivial
from gradmend.findings._outcome import course_failed, learned_before
from gradmend.findings._rule import Rule
from gradmend.findings._through_time import fall_over, is_gated
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MIN_STEPS = 100.0  # Adam bridges fewer with any kernel near the orthogonal one
MIN_DECADES = 1.0  # a tenth; above three R102 speaks


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for the recurrence that hears least of its first step."""
    if m.course is None or learned_before(m) or not _failed(m):
        return
    falls = [
        (fall, t)
        for t in m.times
        if not is_gated(t) and t.real_steps >= MIN_STEPS
        for fall in (fall_over(t, t.real_steps),)
        if fall is not None and fall >= MIN_DECADES
    ]
    if not falls:
        return
    decades, worst = max(falls, key=lambda item: item[0])
    yield RULE.found(
        Severity.WARNING,
        Symptom.VANISHING,
        Cause.RECURRENT_MEMORY,
        f"over {worst.real_steps:.0f} steps the gradient through {named([worst.layer])} falls "
        f"{number(decades)} decades (limit {number(MIN_DECADES)}), and what was learned is no "
        "better than a constant prediction",
        where=[t.layer for _, t in falls],
        evidence=[
            Evidence(name="fall over the sequence", value=decades, unit="decades"),
            Evidence(name="steps", value=worst.real_steps, unit="steps"),
        ],
    )


def _failed(m: Measurements) -> bool:
    return course_failed(m.course) or any(validation_never_beats_trivial.check(m))


RULE = Rule(
    code="R109",
    name="memory-fades-over-sequence",
    check=check,
    explains=frozenset({"S103", "A107", "T102", "T103", "T106"}),
    unless=frozenset({"R101", "R102", "R103", "R105", "R108"}),
)
