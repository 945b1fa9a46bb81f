"""The gradient does not reach back to the step at which the answer stands.

## What it means
You said how far before the end the answer stands. At that step less than a thousandth of
the gradient is left: what stands there is drowned by the noise of later steps, and the
network learns from those alone.

## How it is measured
‖dL/dh‖ so many steps before the last real step, by unrolling the layer, over its largest
value (`check(..., lag=100)`, `gradmend check --lag 100`). The limit is three decades.

## When it is wrong
Where the answer can also be read off later words. Adam learned 20 steps back across ten
decades, so below fifteen this is a warning, beyond them an error. A trained network that
latches looks the same, and is not judged.

## What to try
A gated cell with long-memory biases (chrono), an orthogonal kernel, shorter sequences, or
attention, whose reach does not depend on the distance.

## References
Hochreiter & Schmidhuber (1997), Long short-term memory, Neural Computation 9(8).
Linzen, Dupoux & Goldberg (2016), Assessing the ability of LSTMs to learn syntax, TACL.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import course_failed, learned_before
from gradmend.findings._rule import Rule
from gradmend.findings._through_time import RESCUED, fall_over, lag_of
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import TimeSignal

MAX_DECADES = 3.0  # beyond it a step is drowned; gated cells that learned 100 back lose below two


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for the recurrence that hears least of the lag."""
    if m.lag is None or learned_before(m):
        return
    falls = [(fall_over(t, lag_of(m, t)), t) for t in m.times]
    deaf = [(fall, t) for fall, t in falls if fall is not None and fall > MAX_DECADES]
    if not deaf:
        return
    decades, worst = max(deaf, key=lambda item: item[0])
    lag = lag_of(m, worst)
    hopeless = decades > RESCUED or course_failed(m.course)
    yield RULE.found(
        Severity.ERROR if hopeless else Severity.WARNING,
        Symptom.VANISHING,
        Cause.RECURRENT_MEMORY,
        f"{lag:.0f} steps back, where the answer stands, the gradient through "
        f"{named([worst.layer])} is {number(decades)} decades below its largest "
        f"(limit {number(MAX_DECADES)}){_memory(worst)}",
        where=[t.layer for _, t in deaf],
        evidence=[
            Evidence(name="fall at the lag", value=decades, unit="decades"),
            Evidence(name="lag", value=lag, unit="steps"),
        ],
    )


def _memory(t: TimeSignal) -> str:
    length = t.unrolled.memory_length if t.unrolled is not None else t.memory_length
    return "" if length is None else f", memory length {number(length)} steps"


RULE = Rule(
    code="R103",
    name="memory-shorter-than-lag",
    check=check,
    explains=frozenset({"R102", "V101", "V102", "Z101", "S103", "A107", "T102"}),
)
