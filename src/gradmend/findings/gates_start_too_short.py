"""The gates keep too little of the state for a sequence of this length.

## What it means
An LSTM keeps the share f of its state at each step, a GRU the share z. Keras starts them at
sigmoid(1) = 0.73 and 0.5: over 100 steps 2e-14 and 8e-31 are left. Whatever the data asks
for, the first steps cannot be heard until the gates have learned to stay open.

## How it is measured
Over all real steps of the batch (`through_time=True`), the geometric mean of that gate
in the unit with the longest memory, to the power of the lag you named, or else of the
number of real steps. The limit is five decades, three where the lag is named.

## When it is wrong
A task that needs only the last steps is right to forget. Below 25 steps Adam learns
all the same. Some gates learn to open: this is a warning, and an error only when training
stays at the trivial loss. Not judged on a network that has learned.

## What to try
Chrono initialization: forget biases log U(1, T - 1). A larger learning rate does not help.

## References
Gers, Schmidhuber & Cummins (2000), Learning to forget, Neural Computation 12(10).
Tallec & Ollivier (2018), Can recurrent neural networks warp time?, ICLR.
Measured, agreement over 100 steps: LSTM 0.44-0.50 with default biases, 0.98-0.99 chrono.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

from gradmend.findings._outcome import course_failed, learned_before
from gradmend.findings._rule import Rule
from gradmend.findings._through_time import lag_of
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import TimeSignal
from gradmend.records.unrolled import GateSignal

MAX_DECADES = 5.0  # as for the gradient itself: a default LSTM over 50 steps learns late, if at all
MAX_AT_LAG = 3.0  # where the user says that the answer stands there
MIN_STEPS = 25.0  # Adam learned 20 steps back across ten decades


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for the layer whose gates keep least."""
    if learned_before(m):
        return
    limit = MAX_DECADES if m.lag is None else MAX_AT_LAG
    lost = [(_lost(gate, lag_of(m, t)), gate, t) for t, gate in _keeping(m)]
    short = [item for item in lost if item[0] > limit and lag_of(m, item[2]) >= MIN_STEPS]
    if not short:
        return
    decades, gate, worst = max(short, key=lambda item: item[0])
    steps, keeps = lag_of(m, worst), gate.keeps_longest or 0.0
    yield RULE.found(
        Severity.ERROR if course_failed(m.course) else Severity.WARNING,
        Symptom.VANISHING,
        Cause.RECURRENT_MEMORY,
        f"the {gate.name} gate of {named([worst.layer])} keeps at most {number(keeps)} of the "
        f"state per step: 1e-{decades:.0f} after {steps:.0f} steps (limit 1e-{limit:.0f})",
        where=list(dict.fromkeys(t.layer for _, _, t in short)),
        evidence=[
            Evidence(name="kept per step by the longest unit", value=keeps, unit="share"),
            Evidence(name="mean of the gate", value=gate.mean, unit="share"),
            Evidence(name="lost over the steps", value=decades, unit="decades"),
            Evidence(name="steps", value=steps, unit="steps"),
        ],
    )


def _keeping(m: Measurements) -> Iterator[tuple[TimeSignal, GateSignal]]:
    """The gate that keeps the state; of a stack the one with the longest memory."""
    for t in m.times:
        gates = t.unrolled.gates if t.unrolled is not None else ()
        known = [gate for gate in gates if gate.keeps_longest is not None]
        if known:
            yield t, max(known, key=lambda gate: gate.keeps_longest or 0.0)


def _lost(gate: GateSignal, steps: float) -> float:
    return -log10(max(gate.keeps_longest or 0.0, 1e-30)) * steps


RULE = Rule(
    code="R104",
    name="gates-start-too-short",
    check=check,
    explains=frozenset({"R102", "R103", "V101", "V102", "Z101", "S103", "A107", "T102"}),
)
