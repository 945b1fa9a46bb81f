"""The last activation cannot produce some of the targets.

## What it means
A ReLU output cannot be negative, a sigmoid stays in 0..1 and a tanh in -1..1. The
units are pushed to the end of their range, where the gradient vanishes or is zero.

## How it is measured
For losses that measure a distance (mean squared or absolute error, the same in
logarithms or percent, Huber, log-cosh) the range of the activation is laid beside mean, spread,
smallest and largest target. The share out of reach is that of a normal distribution with this
mean and spread.

## When it is wrong
The share is an estimate: with a few far outliers it comes out too large. Targets
that leave the range by a tenth of their spread are rounding or noise: a note.

## What to try
A linear last layer, or targets rescaled into the range of the activation.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.2.2.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist

from gradmend.findings._activation_families import RANGES
from gradmend.findings._loss_families import DISTANCES, RELATIVE, canonical
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number, percent
from gradmend.records.facts import TensorFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_SHARE = 0.10  # one target in ten: no outlier any more
MAX_EXCESS = 0.10  # of the targets' spread: noise around 0/1 targets stays below


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output whose range leaves targets out."""
    for output in m.outputs:
        target = output.target
        if canonical(output.loss) not in DISTANCES | RELATIVE or output.activation not in RANGES:
            continue
        if target is None or target.nonfinite:
            continue
        low, high = RANGES[output.activation]
        excess = max(low - target.smallest, target.largest - high, 0.0)
        if excess <= 1e-6 * max(abs(target.smallest), abs(target.largest)):
            continue
        share = _share_outside(target, low, high)
        far = excess > MAX_EXCESS * target.std
        where = output.layer or output.name
        many = far and share >= MAX_SHARE
        mild = Severity.WARNING if far else Severity.NOTE
        yield RULE.found(
            Severity.ERROR if many else mild,
            Symptom.NOT_LEARNING,
            Cause.OUTPUT_ACTIVATION,
            f"output {named([where])} ends in {output.activation} (range {number(low)}.."
            f"{number(high)}), but targets run from {number(target.smallest)} to "
            f"{number(target.largest)}: about {percent(share)} are out of reach "
            f"(limit {percent(MAX_SHARE)})",
            where=[where],
            evidence=[
                Evidence(name="targets out of reach", value=share, unit="share"),
                Evidence(name="smallest target", value=target.smallest, unit="target units"),
                Evidence(name="largest target", value=target.largest, unit="target units"),
            ],
            certain=many,
        )


def _share_outside(target: TensorFacts, low: float, high: float) -> float:
    if target.std <= 0.0:
        return 0.0 if low <= target.mean <= high else 1.0
    normal = NormalDist(target.mean, target.std)
    below = normal.cdf(low) if target.smallest < low else 0.0
    above = 1.0 - normal.cdf(high) if target.largest > high else 0.0
    return below + above


RULE = Rule(
    code="L105",
    name="output-cannot-reach-target",
    check=check,
    explains=frozenset(
        {"Z101", "V101", "V102", "A101", "D102", "S102", "S103", "T101", "T102", "T103"}
    ),
    unless=frozenset({"L101"}),
)
