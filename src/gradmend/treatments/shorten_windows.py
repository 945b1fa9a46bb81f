"""Cut the sequences, so that the answer stands within the memory of the network.

## What it changes
Nothing in the model: the data is cut to its last steps, or summed up in fewer steps (every
second frame, words in place of characters).

## When it helps
The sequence is long because it was easy to collect, not because the answer lies so far back.
Cost falls with it.

## When it harms
Where the answer does stand at the beginning, it is cut off: then only a longer memory helps.

## References
Williams & Peng (1990), Neural Computation 2(4), on truncation.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

HEARD_FOR = 7  # memory lengths: the gradient is then at a thousandth, e**-7
MIN_CUT = 0.5  # of the steps; less is not worth losing data for


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one piece of advice, unless the user says that the answer stands far back."""
    if m.lag is not None:
        return
    named = [t for t in m.times if t.layer in finding.where and t.memory_length is not None]
    if not named:
        return
    steps = named[0].steps
    kept = max(ceil(HEARD_FOR * max(t.memory_length or 0.0 for t in named)), 1)
    if kept > MIN_CUT * steps:
        return
    yield TREATMENT.prescription(
        finding,
        expected=f"all {kept} steps that are left send a gradient back; look first whether the "
        f"answer is in them",
        where=(),
        before=(f"x  # {steps} steps",),
        after=(f"x = x[:, -{kept}:]  # its last {kept} steps",),
    )


TREATMENT = Treatment(
    name="shorten-windows",
    title="cut the sequences to what the network can hear",
    grade=Grade.ADVICE,
    prescribe=prescribe,
    causes=frozenset({Cause.RECURRENT_MEMORY}),
)
