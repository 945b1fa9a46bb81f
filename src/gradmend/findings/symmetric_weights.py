"""All weights of a layer have the same value, so all its units stay alike.

## What it means
Units that start equal and receive equal gradients never part: a layer of 64 units
works like one. With zeros there is no signal at all.

## How it is measured
A hidden kernel whose RMS equals the magnitude of its mean holds one value. It is
certain when the kernel behind it is constant as well; otherwise the units part after
the first steps, and it is a warning. Zero kernels count only where all are constant:
a lone one is the start of a residual branch.

## When it is wrong
Fixed averaging filters are constant on purpose; make them untrainable.

## What to try
Remove `kernel_initializer="zeros"` or `"ones"`: the default draws at random.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from gradmend.findings._kernels import calls_by_layer, is_constant
from gradmend.findings._layers import head_indices
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall, WeightSignal


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding that names the constant hidden kernels."""
    calls, heads = calls_by_layer(m), head_indices(m)
    kernels = [
        w for w in m.weights if w.trainable and w.layer in calls and _is_kernel(w, calls[w.layer])
    ]
    hidden = [w for w in kernels if calls[w.layer].index not in heads and _has_units(w)]
    everywhere = bool(hidden) and all(is_constant(w) for w in kernels)
    sick = [w for w in hidden if is_constant(w) and (everywhere or w.rms > 0.0)]
    if not sick:
        return
    value = sick[0].mean
    yield RULE.found(
        Severity.ERROR if everywhere else Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.INITIALIZER,
        f"{len(sick)} of {len(hidden)} hidden kernels hold one value ({value:g}) everywhere "
        f"(limit 0 kernels): {named([w.layer for w in sick])}",
        where=[w.layer for w in sick],
        evidence=[Evidence(name="constant kernels", value=float(len(sick)), unit="kernels")],
        certain=everywhere,
    )


def _is_kernel(weight: WeightSignal, call: LayerCall) -> bool:
    """Also the matrix of a layer of one's own, whatever it is called.

    One as large as the last axes of the output scales or shifts it entry by entry: no kernel.
    """
    if weight.role != "other" or len(weight.shape) != 2 or min(weight.shape) < 2:
        return weight.role == "kernel"
    shape = () if call.forward is None else call.forward.shape[1:]
    return shape[-1:] == weight.shape[-1:] and shape[-2:] != weight.shape


def _has_units(weight: WeightSignal) -> bool:
    return prod(weight.shape) > 1 and weight.shape[-1] > 1


RULE = Rule(
    code="I103",
    name="symmetric-weights",
    check=check,
    explains=frozenset(
        {
            "I101",
            "I102",
            "A101",
            "V101",
            "V102",
            "V103",
            "Z101",
            "S102",
            "S103",
            "T101",
            "A107",
            "T102",
            "T103",
        }
    ),
    unless=frozenset({"N102"}),
)
