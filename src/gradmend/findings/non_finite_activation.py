"""The output of a layer turns non-finite while data and weights are finite.

## What it means
The forward pass itself overflows. The layer named is the first one in forward order;
everything behind it only passes the NaN on.

## How it is measured
Entries that are NaN or infinite are counted in the output of every layer call.

## When it is wrong
A masked attention score of minus infinity inside a layer is intended; outputs of
layers are not. A layer that is hidden from view may be the true first one.

## What to try
By cause: scale the inputs, replace a chain of exponentials, take smaller initial
weights, keep a float16 model in bfloat16 or float32, or guard a division or logarithm
in a custom layer.

## References
Micikevicius et al. (2018), Mixed precision training, ICLR: float16 ends at 65504.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._activation_families import GROWING_FAST
from gradmend.findings._layers import own_activation
from gradmend.findings._precision import is_half
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

HUGE_INPUT = 1e3  # RMS from which a float16 matrix product overflows in one layer
HUGE_GAIN = 10.0  # a layer that multiplies by ten: 38 of them leave float32


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, at the first sick call in forward order."""
    sick = [call for call in m.calls if call.forward is not None and call.forward.nonfinite > 0]
    if not sick or sick[0].forward is None:
        return
    first = sick[0]
    count = sick[0].forward.nonfinite
    yield RULE.found(
        Severity.ERROR,
        Symptom.NON_FINITE,
        _cause(m, first),
        f"output of {named([first.label])} is the first to turn NaN or infinite, "
        f"{number(float(count))} entries (limit 0); {len(sick) - 1} calls behind it follow",
        where=[first.label],
        evidence=[Evidence(name="non-finite entries", value=float(count), unit="entries")],
        certain=True,
    )


def _cause(m: Measurements, first: LayerCall) -> Cause:
    before = [call for call in m.calls if call.index <= first.index]
    gains = [w.gain for w in m.weights if w.gain is not None and w.layer in _paths(before)]
    if any(fact.rms > HUGE_INPUT for fact in m.inputs):
        return Cause.INPUT_SCALE
    if any(own_activation(call) in GROWING_FAST for call in before):
        return Cause.ACTIVATION
    if is_half(m):
        return Cause.PRECISION
    if any(gain > HUGE_GAIN for gain in gains):
        return Cause.INITIALIZER
    if first.role == "recurrent":
        return Cause.RECURRENT_EXPLOSION
    return Cause.NUMERICS


def _paths(calls: list[LayerCall]) -> frozenset[str]:
    return frozenset(call.path for call in calls)


RULE = Rule(
    code="N103",
    name="non-finite-activation",
    check=check,
    explains=frozenset({"A101", "A102", "N104", "N105", "Z101", "S102", "T101", "T102", "T103"}),
)
