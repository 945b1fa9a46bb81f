"""The initial weights are too wide for the activations behind them.

## What it means
The gain RMS(W)·sqrt(fan_in) is the factor by which a layer scales its signal: 1 keeps
it for linear and tanh layers, 1.41 for ReLU. A factor of 3 in each of ten layers is a
factor of 59,000 at the end: signals saturate or explode, and so do gradients.

## How it is measured
The gain of each hidden dense or convolutional kernel, against the band of its
activation and against what Keras' default initializer gives this shape. Kernels in
front of a normalization are left out: it takes their scale away.

## When it is wrong
Trained weights may have grown and be right. By itself this is a warning.

## What to try
`he_normal` for ReLU and its relatives, `glorot_uniform` for tanh and sigmoid,
`lecun_normal` for SELU. This overwrites trained weights.

## References
He, Zhang, Ren & Sun (2015), Delving deep into rectifiers, ICCV.
Measured: ten tanh layers with N(0, 1) weights and 64 units have gain 8 and stay at
0.10-0.18 accuracy; Glorot reaches 0.92-0.98.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from gradmend.findings._kernels import hidden_kernels
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_FACTOR = 3.0  # uniform and normal initializers differ by chance far less
MOST = 0.5  # of the hidden kernels: one odd layer is a note


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for all wide kernels together."""
    kernels = [k for k in hidden_kernels(m) if k.weight.rms > 0.0]
    off = [k for k in kernels if k.times_too_wide > MAX_FACTOR]
    if not off:
        return
    factor = median(k.times_too_wide for k in off)
    gain = median(k.weight.gain or 0.0 for k in off)
    paths = list(dict.fromkeys(k.call.path for k in off))
    yield RULE.found(
        Severity.WARNING if len(off) > MOST * len(kernels) else Severity.NOTE,
        Symptom.EXPLODING,
        Cause.INITIALIZER,
        f"{len(off)} of {len(kernels)} hidden kernels are {number(factor)} times too wide for "
        f"{off[0].activation or 'linear'} (limit {number(MAX_FACTOR)} times): {named(paths)} "
        f"have gain {number(gain)}",
        where=paths,
        evidence=[
            Evidence(name="kernel gain", value=gain, unit="RMS·sqrt(fan_in)"),
            Evidence(name="times too wide", value=factor, unit="times"),
        ],
    )


RULE = Rule(
    code="I101",
    name="weights-too-wide-for-activation",
    check=check,
    explains=frozenset(
        {
            "A101",
            "A102",
            "A106",
            "V101",
            "V103",
            "N103",
            "N104",
            "N105",
            "Z101",
            "S102",
            "T101",
            "A107",
            "T102",
            "T103",
        }
    ),
    unless=frozenset({"N102"}),
)
