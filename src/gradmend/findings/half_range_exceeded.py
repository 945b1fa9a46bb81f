"""Inside a layer a value leaves the range of float16, and the output is zero.

## What it means
float16 ends at 65504. The square of 256 is beyond it: a mean of squares, a variance or a norm
becomes infinite, and what is divided by it becomes exactly zero. No NaN shows, the layers behind
see zeros, and no gradient comes back.

## How it is measured
In a model that computes in float16, a layer whose output is zero on the whole batch, while what it
reads holds values beyond 255. Layers that end in a ReLU are left to A101.

## When it is wrong
A layer whose weights are zero (a silent branch) is not judged. A layer may return zeros for
reasons of its own; in bfloat16 or float32 the same program then returns zeros as well.

## What to try
`mixed_bfloat16`, which has the range of float32; or this one layer with `dtype="float32"`; or
inputs of unit scale.

## References
Micikevicius et al. (2018), Mixed precision training, ICLR, section 3.3: sums in float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from gradmend.findings._activation_families import RELU_LIKE
from gradmend.findings._layers import own_activation
from gradmend.findings._precision import is_half
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

LARGEST = 65504.0  # of float16
LARGEST_ROOT = sqrt(LARGEST)  # beyond it a square is infinite


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, at the first such layer in forward order."""
    if not is_half(m):
        return
    for call in m.calls:
        arriving = _largest_arriving(m, call)
        if arriving <= LARGEST_ROOT or not _silent(m, call):
            continue
        yield RULE.found(
            Severity.ERROR,
            Symptom.NOT_LEARNING,
            Cause.PRECISION,
            f"{named([call.label])} reads values up to {number(arriving)} and returns zeros: in "
            f"float16 a square beyond {number(LARGEST_ROOT)} is infinite",
            where=[call.label],
            evidence=[Evidence(name="largest value read", value=arriving, unit="input units")],
        )
        return


def _silent(m: Measurements, call: LayerCall) -> bool:
    """Whether a call returns nothing but zeros, though nothing in it is zero to make them so."""
    signal = call.forward
    if signal is None or signal.zero_share < 1.0 or signal.nonfinite:
        return False
    scaling = [w for w in m.weights if w.layer == call.path and w.role != "bias"]
    alive = not scaling or any(w.rms > 0.0 for w in scaling)
    return alive and own_activation(call) not in RELU_LIKE


def _largest_arriving(m: Measurements, call: LayerCall) -> float:
    """The largest magnitude that the call is seen to read; 0.0 where nobody saw it."""
    sources = [c.forward.largest for c in m.calls if c.index in call.inputs and c.forward]
    if call.inputs or m.calls[0].index != call.index:
        return max(sources, default=0.0)
    return max((max(abs(fact.smallest), abs(fact.largest)) for fact in m.inputs), default=0.0)


RULE = Rule(
    code="N106",
    name="half-range-exceeded",
    check=check,
    explains=frozenset({"B102", "D101", "A101", "V101", "V102", "Z101", "S103", "A107", "T102"}),
    unless=frozenset({"N101", "N102"}),
)
