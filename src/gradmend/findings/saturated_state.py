"""The state of a tanh recurrence sits at its bounds.

## What it means
Where |h| is beyond 0.99 the derivative of tanh is below 0.02: each such step divides the
gradient by fifty, and the unit no longer follows its input. A signal into the cell that is
far too large, or a recurrent kernel that is, drives it there.

## How it is measured
The share of entries of the state beyond 0.99, over all real steps (`through_time=True`).
The limit is half of them.

## When it is wrong
A trained network that latches keeps its memory exactly there, so a network that has learned
is not judged. By itself a warning; saturation does not say whether gradients vanish or
explode: the curve through time does.

## What to try
Inputs of unit scale, `recurrent_initializer="orthogonal"`, a smaller kernel, a penalty on
the recurrent kernel where it has grown in training.

## References
Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural
networks, ICML.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import course_failed, learned_before
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, percent
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_SHARE = 0.5  # standard inputs and Keras' initializers saturate below 5 %


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for the most saturated state."""
    shares = [
        (t.unrolled.saturated, t.layer)
        for t in m.times
        if t.unrolled is not None and t.unrolled.saturated is not None
    ]
    sick = [item for item in shares if item[0] > MAX_SHARE]
    if not sick or learned_before(m):
        return
    share, worst = max(sick)
    yield RULE.found(
        Severity.ERROR if course_failed(m.course) else Severity.WARNING,
        Symptom.SATURATED,
        Cause.INITIALIZER,
        f"{percent(share)} of the state of {named([worst])} is beyond 0.99 "
        f"(limit {percent(MAX_SHARE)})",
        where=[layer for _, layer in sick],
        evidence=[Evidence(name="saturated entries of the state", value=share, unit="share")],
    )


RULE = Rule(
    code="R106",
    name="saturated-state",
    check=check,
    explains=frozenset({"S103", "A107", "T102"}),
)
