"""Most ReLU units of a layer are zero for every sample: they cannot learn.

## What it means
Where a ReLU is zero, so is its slope. A unit that is zero on all the data receives no
gradient and stays as it is; a whole layer of such units stops everything below it.

## How it is measured
Units that are zero or less on every sample and position of the batch, in layers with
ReLU. At least 64 samples or positions, since a healthy unit may rest on a few; samples that
arrive as one vector count as one.

## When it is wrong
A trained network may carry many units that are silent on this batch and right on
others. Healthy He networks show 3 % at depth 5 and 27 % at depth 30. Residual branches
are left out: the identity passes them by.

## What to try
By cause: biases back to zero, a matching initializer, scaled inputs, a smaller
learning rate. A leaky ReLU does not cure a negative bias: it keeps a tenth per layer.

## References
Lu, Shin, Su & Karniadakis (2019), Dying ReLU and initialization, arXiv:1903.06733.
Measured, biases at -3: 95 % dead and 0.06 accuracy; biases at 0: 0.96; LeakyReLU 0.06.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._activation_families import RELU_LIKE
from gradmend.findings._depth_profile import depth_profile
from gradmend.findings._layers import hidden_calls, joins, own_activation, positions
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, percent
from gradmend.findings.gradient_shrinks_with_depth import WATCH
from gradmend.findings.samples_collapse import is_collapsed
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

MAX_DEAD = 0.6  # twice what healthy He networks of 30 layers show; one narrow layer may reach 0.53
MIN_SEEN = 64  # samples times positions: an even unit rests on all of them by chance in 5e-20
SURE = 0.9  # so many dead units that width cannot make up for them
FEW = 0.25  # of the layers with ReLU
FAR_INPUT = 5.0  # RMS, the limit of D101


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, at the first sick layer in forward order."""
    joined = joins(m)
    relus = [
        call
        for call in hidden_calls(m)
        if own_activation(call) in RELU_LIKE and _units(call) > 0 and call.index not in joined
    ]
    sick = [call for call in relus if _is_sick(call, _samples(m, call))]
    if not sick:
        return
    first = sick[0]
    share = first.forward.dead_share if first.forward is not None else 0.0
    whole = share >= 1.0
    seen = _samples(m, first) * positions(first)
    sure = share >= SURE
    mild = Severity.NOTE if _beside_depth(m, len(sick), len(relus)) else Severity.WARNING
    yield RULE.found(
        Severity.ERROR if sure else mild,
        Symptom.DEAD_UNITS,
        _cause(m, first),
        f"{percent(share)} of the units of {named([first.label])} are zero on all "
        f"{seen} samples and positions (limit {percent(MAX_DEAD)}); "
        f"{len(sick)} of {len(relus)} ReLU layers are beyond it",
        where=[call.label for call in sick],
        evidence=[
            Evidence(name="dead units", value=share, unit="share"),
            Evidence(name="samples and positions", value=float(seen), unit="count"),
        ],
        certain=whole and (seen >= MIN_SEEN or _cause(m, first) is Cause.BIAS),
    )


def _beside_depth(m: Measurements, sick: int, relus: int) -> bool:
    """Whether a few layers with units at rest stand in a network that fades as a whole."""
    profile = depth_profile(m)
    return profile is not None and profile.decades > WATCH and sick <= FEW * relus


def _units(call: LayerCall) -> int:
    return call.forward.units if call.forward is not None and not call.forward.nonfinite else 0


def _samples(m: Measurements, call: LayerCall) -> int:
    """How many different samples reach a call."""
    return 1 if any(is_collapsed(source) for source in _sources(m, call)) else m.batch_size


def _is_sick(call: LayerCall, batch: int) -> bool:
    share = call.forward.dead_share if call.forward is not None else 0.0
    seen = batch * positions(call)
    # A whole layer at rest needs fewer samples: its units would all have to rest by chance.
    return share > MAX_DEAD and (seen >= MIN_SEEN or (share >= 1.0 and seen * _units(call) >= 64))


def _cause(m: Measurements, call: LayerCall) -> Cause:
    owner = _owner(m, call)
    biases = [w for w in m.weights if w.layer == owner.path and w.role == "bias"]
    kernels = [w for w in m.weights if w.layer == owner.path and w.role == "kernel"]
    arriving = _arriving_rms(m, owner)
    expected = max((arriving * (w.gain or 0.0) for w in kernels), default=0.0)
    if any(bias.mean < -max(expected, 0.1) for bias in biases):
        return Cause.BIAS
    if any(kernel.rms > 0.0 and kernel.mean < -0.5 * kernel.rms for kernel in kernels):
        return Cause.INITIALIZER
    if arriving > FAR_INPUT and not _sources(m, owner):
        return Cause.INPUT_SCALE
    trained = m.optimizer is not None and m.optimizer.iterations > 0
    return Cause.LEARNING_RATE if trained else Cause.INITIALIZER


def _owner(m: Measurements, call: LayerCall) -> LayerCall:
    """The call with the weights that feed this activation."""
    by_index = {c.index: c for c in m.calls}
    owner = call
    while owner.role in ("activation", "norm") and owner.inputs and owner.inputs[0] in by_index:
        owner = by_index[owner.inputs[0]]
    return owner


def _arriving_rms(m: Measurements, call: LayerCall) -> float:
    sizes = [c.forward.rms for c in _sources(m, call) if c.forward is not None]
    return max(sizes or [fact.rms for fact in m.inputs], default=1.0)


def _sources(m: Measurements, call: LayerCall) -> list[LayerCall]:
    """The calls that feed one: the latest before it where operations between them hide the way."""
    fed = [c for c in m.calls if c.index in call.inputs and c.forward is not None]
    before = [c for c in m.calls if c.index < call.index and c.forward is not None]
    hidden = any(c.inputs or c.role == "embedding" for c in before)
    return fed or (before[-1:] if hidden and not call.inputs else [])


RULE = Rule(
    code="A101",
    name="dead-units",
    check=check,
    explains=frozenset({"V101", "V102", "V103", "Z101", "S103", "A107", "T102"}),
    unless=frozenset({"N103"}),
)
