"""Outputs and gradients both lose size with depth, while their product stays flat.

## What it means
Each layer makes the signal a little smaller, forward and backward alike. Nothing is
lost yet: relative to its output every layer hears the same. But the product of both,
the gradient of a weight, falls everywhere at once, and once it drops below the
epsilon of Adam (1e-7) the steps stop.

## How it is measured
The norm of d(loss)/d(output) falls by more than `WATCH` decades toward the first
layer, and ‖output‖·‖d(loss)/d(output)‖ by less than two. It becomes an error when most
kernels starve (gradient RMS below epsilon, or update below 1e-6 of the weight), or more than
six decades are lost, or still four after the steps of a rehearsal, and the rehearsal does not
beat a constant prediction.

## When it is wrong
VGG16 and VGG19 in Keras' defaults show 3.5 and 4.3 decades and train with Adam. So do 30
ReLU layers with Glorot weights (0.79-0.95 accuracy on digits). A warning by itself.

## What to try
`he_normal` for ReLU networks; beyond about 40 plain layers, normalization or residual
connections as well.

## References
He, Zhang, Ren & Sun (2015), Delving deep into rectifiers, ICCV, section 2.2.
Measured: 50 ReLU layers with Glorot weights, weight gradients 3e-9 everywhere, 0.06
accuracy on digits; with `he_normal` 0.65; with residual blocks 0.95-0.97.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gradmend.findings._depth_profile import depth_profile
from gradmend.findings._kernels import hidden_kernels, trainable_kernels
from gradmend.findings._optimizers import adapts
from gradmend.findings._outcome import (
    course_failed,
    rehearsal_beats_trivial,
    rehearsal_stands_still,
)
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number, percent
from gradmend.findings.gradient_shrinks_with_depth import FLOW, SICK, flow_falls, profile_evidence
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import WeightSignal

WATCH = 2.5  # decades, as for V101
EPSILON = 1e-7  # of Adam in Keras: below it the step is no longer of the size of the rate
STARVED_UPDATE = 1e-6  # of the weight per step: a thousandth of the usual 1e-3
# Decades after 20 steps of Adam on digits: 25 GELU layers keep 5.2 and never learn, 20 GELU or
# SiLU layers 2.2 to 3.7 and do, 30 ReLU layers 0.4 to 0.6. It misses some: of two seeds of 40 ReLU
# layers that never learn, one has 4.1 left and the other 2.5 (only a warning).
CONFIRMED = 4.0
# Decades at the start: 25 and 30 GELU and 50 ReLU layers with Glorot weights have 6.7 to 8.1 and
# never learn, 20 GELU or SiLU layers have 5.2 to 5.5 and do (6-8 epochs on digits, 2 seeds).
HOPELESS = 6.5
MOST = 0.5
NARROW = 1.15  # times below the fitting gain: Glorot before ReLU is 1.41 below


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, from the first to the last hidden layer."""
    profile = depth_profile(m)
    if profile is None or profile.decades < WATCH or flow_falls(profile, FLOW):
        return
    starved = starved_share(m)
    stuck = profile.decades > SICK and rehearsal_stands_still(m)
    stays = starved > MOST or profile.decades >= HOPELESS or _still_falls(m)
    sick = (stays and not rehearsal_beats_trivial(m)) or stuck or course_failed(m.course)
    kernels = list(hidden_kernels(m))
    narrow = sum(kernel.times_below_ideal > NARROW for kernel in kernels)
    yield RULE.found(
        Severity.ERROR if sick else Severity.WARNING,
        Symptom.VANISHING,
        Cause.INITIALIZER if 2 * narrow > len(kernels) else Cause.DEPTH,
        f"outputs and gradients shrink together, gradients by {number(profile.decades)} decades "
        f"from {named([profile.last.label])} back to {named([profile.first.label])} (limit "
        f"{WATCH} decades); {percent(starved)} of the kernels starve (limit {percent(MOST)})",
        where=[call.label for call in profile.calls],
        evidence=[
            *profile_evidence(profile),
            Evidence(name="starved kernels", value=starved, unit="share"),
        ],
    )


def _still_falls(m: Measurements) -> bool:
    """Whether the gradient falls nearly as far after the steps of a rehearsal as before."""
    if m.rehearsal is None or not m.rehearsal.calls:
        return False
    later = depth_profile(replace(m, calls=m.rehearsal.calls))
    return later is not None and later.decades >= CONFIRMED


def starved_share(m: Measurements) -> float:
    """The share of trainable kernels whose step has all but stopped, the rehearsal included.

    Twenty GELU layers starve at the start and not after 20 steps, and then learn.
    """
    weights = m.rehearsal.weights if m.rehearsal is not None and m.rehearsal.weights else m.weights
    kernels = [w for w in trainable_kernels(weights) if w.gradient_rms is not None and w.rms > 0]
    if not kernels:
        return 0.0
    epsilon = m.optimizer.epsilon if m.optimizer is not None else None
    floor = min(epsilon or EPSILON, EPSILON) if adapts(m) else 0.0
    return sum(_starves(w, floor) for w in kernels) / len(kernels)


def _starves(weight: WeightSignal, floor: float) -> bool:
    if weight.gradient_rms is not None and weight.gradient_rms < floor:
        return True
    return weight.update_ratio is not None and weight.update_ratio < STARVED_UPDATE


RULE = Rule(
    code="V102",
    name="scale-shrinks-with-depth",
    check=check,
    explains=frozenset({"Z101", "S103", "A107", "T102"}),
    unless=frozenset({"N103", "N104", "N105"}),
)
