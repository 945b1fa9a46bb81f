"""One optimizer step is so long that the loss rises instead of falling.

## What it means
The step leaves the region in which the gradient means anything. The loss jumps, becomes
NaN, or all units die and the loss settles at the trivial value.

## How it is measured
The largest ‖new - old‖/‖old‖ over the kernels after one real step on copies, and the loss
of the same batch after a few such steps. The loss decides: above 1.5 times the first,
not finite, back at the trivial loss after a jump, or a ReLU layer that died meanwhile.

With weights in float16 the precision is blamed: the squares of small gradients and the epsilon of
Adam (1e-7) round to zero there, and what is divided by them is no step any more.

## When it is wrong
Kernels before a normalization do not care about their length, and batch-normalized
networks show ratios far above 1 while the loss falls: silent then. Momentum and edge of
stability make single spikes that come back: only the end counts.

## What to try
First what makes the gradient so large, when something else is named as the root cause;
else a learning rate ten times smaller, and a warm-up.

## References
Cohen et al. (2021), Gradient descent on neural networks typically occurs at the edge of
stability, ICLR. Measured on raw digits in 0..16 with SGD 0.2: relative gradient 1.5 (0.1
in the healthy twin) and NaN, while the profile over depth is flat.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from gradmend.findings._activation_families import RELU_LIKE
from gradmend.findings._kernels import trainable_kernels
from gradmend.findings._layers import own_activation
from gradmend.findings._outcome import rehearsal_falls, rehearsal_rises
from gradmend.findings._precision import whole_half
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

MAX_UPDATE = 0.2  # of the weight in one step: worth a rehearsal; 1e-3 is customary


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, at the kernel that moves most."""
    kernels = [w for w in trainable_kernels(m.weights) if w.update_ratio is not None]
    worst = max(kernels, key=lambda w: w.update_ratio or 0.0, default=None)
    ratio = worst.update_ratio or 0.0 if worst is not None else 0.0
    died = _died(m)
    sick = rehearsal_rises(m) or bool(died)
    if not sick and (ratio <= MAX_UPDATE or rehearsal_falls(m)):
        return
    numbers = [Evidence(name="largest update ratio", value=ratio, unit="of the weight")]
    told = ""
    if m.rehearsal is not None:
        first, last = m.rehearsal.losses[0], m.rehearsal.losses[-1]
        numbers += [
            Evidence(name="loss before", value=first, unit="loss"),
            Evidence(name="loss after rehearsal", value=last, unit="loss"),
        ]
        told = (
            f"; the loss goes from {number(first)} to {number(last)} in {m.rehearsal.steps} steps"
        )
    if died:
        told += f"; all units of {named([died[0].label])} die"
    layer = worst.layer if worst is not None else "the model"
    yield RULE.found(
        Severity.ERROR if sick else Severity.WARNING,
        Symptom.EXPLODING,
        Cause.PRECISION if whole_half(m) else Cause.LEARNING_RATE,
        f"one step moves {named([layer])} by {number(ratio)} of its weights "
        f"(limit {MAX_UPDATE} of the weights){told}",
        where=[layer] if worst is not None else [],
        evidence=numbers,
    )


def _died(m: Measurements) -> list[LayerCall]:
    """ReLU calls that worked before the rehearsal and are wholly dead after it."""
    if m.rehearsal is None or not isfinite(m.loss.total):
        return []
    alive = {c.label for c in m.calls if c.forward is not None and c.forward.dead_share < 1.0}
    return [
        call
        for call in m.rehearsal.calls
        if own_activation(call) in RELU_LIKE
        and call.label in alive
        and call.forward is not None
        and call.forward.units > 1
        and call.forward.dead_share >= 1.0
    ]


RULE = Rule(
    code="S102",
    name="step-overshoots",
    check=check,
    explains=frozenset({"T101", "T102", "T103"}),
    unless=frozenset({"N102"}),
)
