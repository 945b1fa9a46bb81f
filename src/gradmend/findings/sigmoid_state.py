"""The state of a recurrent cell comes out of a sigmoid: it is never negative, and moves little.

## What it means
tanh writes -1..1 into the state with slope 1 at zero; a sigmoid writes 0..1 with a slope of at
most 0.25, so that all states look alike and each step back costs a factor of four. In an LSTM or
GRU it is the gates that want a sigmoid (`recurrent_activation`), not the state.

## How it is measured
The activation of the cell, together with a training that had its time and ended at more than 0.65
of the loss of a constant prediction.

## When it is wrong
Short and easy sequences are learned all the same: without a disappointing training nothing is said.

## What to try
`activation="tanh"`, which is the default.

## References
LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.4.
Hochreiter & Schmidhuber (1997), Long short-term memory, Neural Computation 9(8).
Measured, LSTM over 12 steps, two seeds, accuracy beyond the commonest class (0 to 1): 0.16 and 0.35
with a sigmoid, 0.85 and 0.86 with tanh.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._activation_families import SIGMOID_LIKE
from gradmend.findings._outcome import course_disappoints
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MIN_STEPS = 5.0  # shorter sequences hardly pass through the state


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for the first such layer."""
    found = [t for t in m.times if t.activation in SIGMOID_LIKE and t.real_steps >= MIN_STEPS]
    if not found or not course_disappoints(m.course):
        return
    first = found[0]
    kind = first.cell.removesuffix("Cell")
    yield RULE.found(
        Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.ACTIVATION,
        f"{kind} {named([first.layer])} writes its state through {first.activation}: it is never "
        f"negative, and over {first.real_steps:.0f} steps its slope is at most 0.25 a step",
        where=[t.layer for t in found],
        evidence=[Evidence(name="real steps", value=first.real_steps, unit="steps")],
    )


RULE = Rule(
    code="R107",
    name="sigmoid-state",
    check=check,
    explains=frozenset({"R102", "R106", "V101", "V102", "S103", "A107", "T102"}),
    unless=frozenset({"L101", "L103", "L105", "D101", "D103", "D104"}),
)
