"""The gradient grows by powers of ten on its way back to the first layers.

## What it means
Early layers receive a gradient many times larger than late ones. A step that is right
for the last layer throws the first ones away.

## How it is measured
The per-sample norm of d(loss)/d(output) at the first hidden layer over that at the last,
in decades. It becomes an error when saturation, the size of the update, a rehearsal
that fails, or a growth beyond five decades says the same.

## When it is wrong
Fresh networks with batch normalization grow up to 2.3 decades and train: the growth all
but disappears after one step. A plain batch-normalized network grows 1.21 times per layer.

## What to try
By cause: a matching initializer; the normalization inside the branch and a zero-started
branch for residual blocks; clipping by global norm meanwhile.

## References
Yang et al. (2019), A mean field theory of batch normalization, ICLR.
Measured: ten tanh layers with N(0, 1) weights grow 3 decades (0.10-0.18 accuracy); fifty
blocks x + relu(Dense(x)) without normalization 7 (0.39); ResNet152V2, fresh, 2.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from gradmend.findings._activation_families import RECTIFIERS, UNBOUNDED
from gradmend.findings._depth_profile import DepthProfile, depth_profile
from gradmend.findings._kernels import hidden_kernels, trainable_kernels
from gradmend.findings._layers import has_joins, own_activation
from gradmend.findings._outcome import course_failed, rehearsal_falls, rehearsal_rises
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.findings.gradient_shrinks_with_depth import SICK
from gradmend.findings.saturated_units import MAX_SATURATED, saturable
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

WATCH = 2.5  # decades: fresh ResNet152V2, the steepest of 15 healthy networks, has 2.31
MAX_UPDATE = 1.0  # a step as long as the weight itself
WIDE = 1.5  # times the fitting gain, in most kernels
FORWARD_GROWTH = 2.0  # decades by which a sum of branches may grow the output


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, from the first to the last hidden layer."""
    profile = depth_profile(m)
    if profile is None or profile.decades > -WATCH:
        return
    growth, second = -profile.decades, _confirmation(m, profile)
    yield RULE.found(
        Severity.ERROR if second else Severity.WARNING,
        Symptom.EXPLODING,
        _cause(m, profile),
        f"gradient grows {growth:.1f} decades from {named([profile.last.label])} back to "
        f"{named([profile.first.label])} (limit {WATCH} decades)"
        + (f", and {second}" if second else ""),
        where=[call.label for call in profile.calls],
        evidence=[
            Evidence(name="gradient growth", value=growth, unit="decades"),
            Evidence(name="slope", value=-profile.slope, unit="decades per call"),
            Evidence(name="fit of one slope", value=profile.r2, unit="of the variance explained"),
        ],
    )


def _confirmation(m: Measurements, profile: DepthProfile) -> str:
    """The second kind of evidence in words, empty without one."""
    shares = [share for share, _ in saturable(m)]
    updates = [w.update_ratio or 0.0 for w in trainable_kernels(m.weights)]
    learns = rehearsal_falls(m)
    if rehearsal_rises(m) or course_failed(m.course):
        return "training does not bring the loss down"
    if shares and median(shares) > MAX_SATURATED:
        return "most units are saturated"
    if not learns and not _normalized(m) and max(updates, default=0.0) > MAX_UPDATE:
        return "a step is longer than the weights"
    return "no network is known to train so" if -profile.decades > SICK and not learns else ""


def _normalized(m: Measurements) -> bool:
    return any(call.role == "norm" for call in m.calls)


def _cause(m: Measurements, profile: DepthProfile) -> Cause:
    kernels = list(hidden_kernels(m))
    if kernels and 2 * sum(kernel.times_too_wide > WIDE for kernel in kernels) > len(kernels):
        return Cause.INITIALIZER
    if _normalized(m):
        return Cause.NORMALIZATION
    forward = profile.forward_decades
    if has_joins(m):
        grows = forward is not None and -forward > FORWARD_GROWTH
        return Cause.DEPTH if grows else Cause.NORMALIZATION
    kinds = {own_activation(call) for call in profile.calls}
    # Rectifiers and lines hand a gradient on as it is: what grows is made by the weights.
    return Cause.INITIALIZER if kinds <= UNBOUNDED | RECTIFIERS else Cause.ACTIVATION


RULE = Rule(
    code="V103",
    name="gradient-grows-with-depth",
    check=check,
    explains=frozenset({"S102", "T101", "T102", "T103"}),
    unless=frozenset({"N103", "N104", "N105"}),
)
