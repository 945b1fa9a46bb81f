"""The initial weights are too narrow for the activations behind them.

## What it means
The gain RMS(W)·sqrt(fan_in) is the factor by which a layer scales its signal: 1 keeps
it for linear and tanh layers, 1.41 for ReLU. A factor of a third in each of ten layers
leaves 1 part of 59,000 at the end, forward and backward.

## How it is measured
The gain of each hidden dense or convolutional kernel, against the band of its
activation and against what Keras' default initializer gives this shape. Models with
normalization, attention or residual connections are left out: they forgive it.

## When it is wrong
Two or three layers bear it, and Adam makes up for it. By itself this is a warning.

## What to try
`he_normal` for ReLU and its relatives, `glorot_uniform` for tanh and sigmoid,
`lecun_normal` for SELU. This overwrites trained weights.

## References
Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural
networks, AISTATS. N(0, 0.05) with 64 inputs has gain 0.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from gradmend.findings._kernels import hidden_kernels
from gradmend.findings._layers import has_joins
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_FACTOR = 3.0  # uniform and normal initializers differ by chance far less
MOST = 0.5  # of the hidden kernels: one odd layer is a note
FORGIVING = frozenset({"norm", "attention"})


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for all narrow kernels together."""
    kernels = [k for k in hidden_kernels(m) if k.weight.rms > 0.0]
    off = [k for k in kernels if k.times_too_narrow > MAX_FACTOR]
    if not off or has_joins(m) or any(call.role in FORGIVING for call in m.calls):
        return
    factor = median(k.times_too_narrow for k in off)
    gain = median(k.weight.gain or 0.0 for k in off)
    paths = list(dict.fromkeys(k.call.path for k in off))
    yield RULE.found(
        Severity.WARNING if len(off) > MOST * len(kernels) else Severity.NOTE,
        Symptom.VANISHING,
        Cause.INITIALIZER,
        f"{len(off)} of {len(kernels)} hidden kernels are {number(factor)} times too narrow for "
        f"{off[0].activation or 'linear'} (limit {number(MAX_FACTOR)} times): {named(paths)} "
        f"have gain {number(gain)}",
        where=paths,
        evidence=[
            Evidence(name="kernel gain", value=gain, unit="RMS·sqrt(fan_in)"),
            Evidence(name="times too narrow", value=factor, unit="times"),
        ],
    )


RULE = Rule(
    code="I102",
    name="weights-too-narrow-for-activation",
    check=check,
    explains=frozenset({"V101", "V102", "Z101", "S103", "A107", "T102"}),
    unless=frozenset({"N102"}),
)
