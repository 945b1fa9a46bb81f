"""The gradient does not reach the first time steps.

## What it means
What happened early in the sequence hardly moves the weights: the layer learns from
the last steps alone. An LSTM in Keras' defaults forgets with sigmoid(1) = 0.73 per
step, which is 2e-14 over 100 steps.

## How it is measured
The slope of log10 ‖d(loss)/d(input at step t)‖ toward the past, times the number of
real (unmasked) steps. Steps at which the gradient is too small for a float count as 38
decades. With `through_time=True` the slope is that of the exact ‖dL/dh_t‖, and for a layer
that returns every step, whose loss may enter anywhere, its largest Lyapunov exponent.

## When it is wrong
A task that needs only the last steps is right to forget, Adam learns from gradients
of 1e-10 (below 25 steps it is only a note), and a trained latch shows the same picture
(not judged below 0.7 of the trivial loss). By itself a warning; an error only when the
training itself stays at the trivial loss.

## What to try
An orthogonal recurrent kernel for a simple cell, long-memory biases (chrono) for a
gated one. A plain LSTM with default biases in place of a simple cell can be worse.

## References
Hochreiter (1998), The vanishing gradient problem, IJUFKS 6(2).
Tallec & Ollivier (2018), Can recurrent neural networks warp time?, ICLR.
Measured, agreement over 100 steps: LSTM 0.44-0.50 with default biases, 0.98-0.99 chrono.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from gradmend.findings._optimizers import adapts
from gradmend.findings._outcome import course_disappoints, course_failed, learned_before
from gradmend.findings._rule import Rule
from gradmend.findings._through_time import FLOAT_DECADES, decades_per_step
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import TimeSignal

MAX_DECADES = 5.0  # a default LSTM over 50 steps loses 3.9 and over 100 steps 6.2 to 8.2
MIN_STEPS = 5.0  # shorter sequences are not a memory
LEARNED_STEPS = 25.0  # Adam learned 20 steps back across 10 decades; at 50 default LSTMs fail
REACHED = 0.9  # of the real steps have a gradient, unless it underflows on its way


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for the recurrence that forgets most."""
    falls = [(_fall(t), t) for t in m.times if t.real_steps >= MIN_STEPS]
    sick = [item for item in falls if item[0] > MAX_DECADES]
    if not sick or learned_before(m):
        return
    decades, worst = max(sick, key=lambda item: item[0])
    numbers = [
        Evidence(name="fall over the sequence", value=decades, unit="decades"),
        Evidence(name="real steps", value=worst.real_steps, unit="steps"),
    ]
    memory, length = "", memory_length(worst)
    if length is not None:
        numbers.append(Evidence(name="memory length", value=length, unit="steps"))
        memory = f", memory length {number(length)} steps"
    if worst.unrolled is not None and worst.unrolled.usable_share is not None:
        share = worst.unrolled.usable_share
        numbers.append(Evidence(name="steps with a usable gradient", value=share, unit="share"))
    short = adapts(m) and worst.real_steps < LEARNED_STEPS
    mild = Severity.NOTE if short and not course_disappoints(m.course) else Severity.WARNING
    exact = worst.unrolled is not None
    least = "more than " if underflows(worst) and not exact else ""
    yield RULE.found(
        Severity.ERROR if course_failed(m.course) else mild,
        Symptom.VANISHING,
        Cause.RECURRENT_MEMORY,
        f"gradient through {named([worst.layer])} shrinks {least}{number(decades)} decades over "
        f"{worst.real_steps:.0f} steps back in time (limit {number(MAX_DECADES)}){memory}",
        where=[t.layer for _, t in sick],
        evidence=numbers,
    )


def _fall(t: TimeSignal) -> float:
    """Decades from the last to the first real step; at least those of a float on underflow."""
    slope = decades_per_step(t)
    fall = slope * t.real_steps if slope is not None else 0.0
    return max(fall, FLOAT_DECADES) if underflows(t) and t.unrolled is None else fall


def memory_length(t: TimeSignal) -> float | None:
    """Steps over which the gradient falls to 1/e, exact where the layer was unrolled."""
    slope = decades_per_step(t)
    if t.unrolled is None:
        return t.memory_length
    return None if slope is None or slope <= 0.0 else 1 / (slope * log(10))


def underflows(t: TimeSignal) -> bool:
    """Whether the gradient becomes exactly 0 at real steps on its way into the past.

    Padded steps have no gradient either, so it is their number that tells: a batch has a
    gradient at as many places as its longest sequence, unless some of them underflowed.
    """
    reached = sum(norm > 0.0 for norm in t.gradient_norms)
    return len(t.gradient_norms) == t.steps and 0 < reached < REACHED * t.real_steps


RULE = Rule(
    code="R102",
    name="gradient-vanishes-through-time",
    check=check,
    explains=frozenset({"V101", "V102", "Z101", "S103", "A107", "T102"}),
)
