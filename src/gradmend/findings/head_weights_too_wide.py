"""The last kernel starts so wide that the first predictions are confidently wrong.

## What it means
The loss begins far above that of a constant prediction, and the first steps are spent, or
lost, on undoing it: the gradient of a squared error is as large as the mistake.

## How it is measured
RMS(kernel)·sqrt(fan_in) of the layer that forms an output, against what Keras' default
initializer gives a kernel of this shape, and the data loss over the trivial loss.

## When it is wrong
A trained head may be wide: then its loss is low. Targets far from unit scale make the loss
large by themselves; they are named instead.

## What to try
`kernel_initializer="glorot_uniform"` (the default), or zeros: a head may start at zero.

## References
Karpathy (2019), A recipe for training neural networks: "verify loss @ init".
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._kernels import head_kernels
from gradmend.findings._outcome import outcome_fails, over_trivial
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_FACTOR = 5.0  # times the default: a uniform in -1..1 over 64 inputs is 3.5 times as wide
MAX_LOSS = 3.0  # times that of a constant: fresh he_normal networks start at up to 1.5


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for all wide heads together."""
    wide = {weight.layer: factor for weight, factor in head_kernels(m) if factor > MAX_FACTOR}
    trivial = m.loss.trivial
    ratio = None if not trivial else over_trivial(m.loss.data, trivial)
    if not wide or ratio is None or not ratio > MAX_LOSS:
        return
    factor = max(wide.values())
    yield RULE.found(
        Severity.ERROR if outcome_fails(m) else Severity.WARNING,
        Symptom.EXPLODING,
        Cause.INITIALIZER,
        f"head {named(list(wide))} is {number(factor)} times wider than the default "
        f"(limit {number(MAX_FACTOR)} times): the loss begins at {number(ratio)} times that of a "
        "constant prediction",
        where=list(wide),
        evidence=[
            Evidence(name="times too wide", value=factor, unit="times"),
            Evidence(name="first loss over trivial loss", value=ratio, unit="times"),
        ],
    )


RULE = Rule(
    code="I104",
    name="head-weights-too-wide",
    check=check,
    explains=frozenset({"V103", "S102", "T101", "T102", "T103"}),
    unless=frozenset({"N102", "D101", "D102", "L105", "I101"}),
)
