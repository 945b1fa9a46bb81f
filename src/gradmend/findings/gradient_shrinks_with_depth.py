"""The gradient loses most of its size on the way back to the first layers.

## What it means
True vanishing: early layers receive a signal that is powers of ten smaller than late
ones, relative to what they carry. They stay as they were initialised, and the late
layers learn from noise.

## How it is measured
The per-sample norm of d(loss)/d(output) falls by more than `WATCH` decades from the
last hidden layer to the first, and so does the product ‖output‖·‖d(loss)/d(output)‖
by at least two decades. The product does not change when weights are rescaled from
one layer to the next, so both falling together is no matter of units. Ratios only: a
rescaled loss changes nothing. Heads, embeddings and gates are left out.

## When it is wrong
A skip connection or an auxiliary loss may feed early layers by another road: where more
gradient arrives before the first of these layers than at it, that counts. A
converged model has small gradients everywhere. Fewer than three layers are not judged.
Between 2.5 and 5 decades Adam often trains it: a warning, unless the training failed or a
rehearsal learns nothing. Plain SGD does not make up for it: its limits are lower.

## What to try
ReLU (with `he_normal`) or tanh in place of sigmoid, a matching initializer,
normalization, or residual connections.

## References
Glorot & Bengio (2010), AISTATS, section 4.2. Schoenholz et al. (2017), Deep information
propagation, ICLR. Philipp, Song & Carbonell (2017), arXiv:1712.05577, for the product.
Measured: 30 sigmoid layers fall 18 decades and stay at chance; VGG16, fresh, falls 3.5
with a flat product and belongs to V102.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._activation_families import SQUASHING, TANH_LIKE
from gradmend.findings._depth_profile import DepthProfile, decades_around, depth_profile
from gradmend.findings._kernels import hidden_kernels
from gradmend.findings._layers import own_activation
from gradmend.findings._optimizers import adapts
from gradmend.findings._outcome import course_failed, rehearsal_beats_trivial
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

WATCH = 2.5  # decades: 13 of 15 fresh networks of keras.applications stay within 2.3
SICK = 5.0  # decades: no network that trained in our experiments lost more, flow included
# A rehearsal that is no better than a constant confirms from here on. Measured on digits in 15
# epochs: with Adam 6 sigmoid layers (3.1 decades) reach accuracy 0.50, 8 layers (4.4) 0.19, 10
# (5.7) 0.09; with SGD 0.01 already 3 layers (1.2) stay at 0.10: nothing makes up for it.
CONFIRMED = 4.0
CONFIRMED_PLAIN = WATCH
WATCH_PLAIN = 1.5  # decades under plain SGD
FLOW = 2.0  # decades of the product: un-normalised networks that train stay within 1
FAILED = 1.0  # decades that suffice when the training has failed as well
SATURATED = 0.2
NARROW = 1.5  # times below the fitting gain, in most kernels


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, from the first to the last hidden layer."""
    profile = depth_profile(m)
    failed = course_failed(m.course)
    limit = FAILED if failed else (WATCH if adapts(m) else WATCH_PLAIN)
    if profile is None or profile.decades - decades_around(m, profile) < limit:
        return
    if not flow_falls(profile, FAILED / 2 if failed else min(FLOW, 0.8 * limit)):
        return
    sick = profile.decades > SICK or (failed and profile.decades >= WATCH) or _confirmed(m, profile)
    yield RULE.found(
        Severity.ERROR if sick else Severity.WARNING,
        Symptom.VANISHING,
        _cause(m, profile),
        f"gradient shrinks {profile.decades:.1f} decades from {named([profile.last.label])} back "
        f"to {named([profile.first.label])} (limit {limit} decades)",
        where=[call.label for call in profile.calls],
        evidence=profile_evidence(profile),
    )


def _confirmed(m: Measurements, profile: DepthProfile) -> bool:
    """Whether the steps of a rehearsal learned nothing, as so steep a fall lets expect."""
    if m.rehearsal is None or m.loss.trivial is None or rehearsal_beats_trivial(m):
        return False
    return profile.decades >= (CONFIRMED if adapts(m) else CONFIRMED_PLAIN)


def flow_falls(profile: DepthProfile, limit: float = FLOW) -> bool:
    """Whether ‖h‖·‖dL/dh‖ falls along; a product too small for a float has fallen."""
    return profile.flow_decades is None or profile.flow_decades > limit


def profile_evidence(profile: DepthProfile) -> list[Evidence]:
    """The numbers of a depth profile, each with its unit."""
    numbers = [
        Evidence(name="gradient shrinkage", value=profile.decades, unit="decades"),
        Evidence(name="slope", value=profile.slope, unit="decades per call"),
        Evidence(name="fit of one slope", value=profile.r2, unit="of the variance explained"),
        Evidence(name="calls", value=float(len(profile.calls)), unit="calls"),
    ]
    if profile.flow_decades is not None:
        flow = profile.flow_decades
        numbers.append(Evidence(name="shrinkage of output x gradient", value=flow, unit="decades"))
    return numbers


def _cause(m: Measurements, profile: DepthProfile) -> Cause:
    activations = [own_activation(call) for call in profile.calls]
    bending = [name for name in activations if name is not None]
    squashing = [name for name in bending if name in SQUASHING]
    if 2 * len(squashing) >= max(len(bending), 1):
        return Cause.ACTIVATION
    kernels = list(hidden_kernels(m))
    if 2 * sum(kernel.times_below_ideal > NARROW for kernel in kernels) > len(kernels):
        return Cause.INITIALIZER
    return Cause.ACTIVATION if _tanh_saturates(profile) else Cause.DEPTH


def _tanh_saturates(profile: DepthProfile) -> bool:
    shares = [
        call.forward.saturated_hard or 0.0
        for call in profile.calls
        if call.forward is not None and own_activation(call) in TANH_LIKE
    ]
    return 2 * sum(share > SATURATED for share in shares) > len(profile.calls)


RULE = Rule(
    code="V101",
    name="gradient-shrinks-with-depth",
    check=check,
    explains=frozenset({"Z101", "S103", "A107", "T102"}),
    unless=frozenset({"N103", "N104", "N105"}),
)
