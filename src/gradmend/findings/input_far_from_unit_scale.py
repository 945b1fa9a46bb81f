"""The inputs are far larger, or far smaller, than the network is built for.

## What it means
Initializers assume inputs of mean 0 and size 1. With inputs a hundred times larger,
activations and gradients of the first layers grow with them: units saturate or die,
and a learning rate that is right for all other models overshoots.

## How it is measured
The RMS of each input, or of the output of a leading `Rescaling`, `Normalization` or
`BatchNormalization` layer when there is one. Whole numbers that go into an embedding
or another look-up are not judged.

## When it is wrong
Adam bears large inputs well, and trees of features with a sparse one-hot part are
small by nature. By itself this is a warning; it becomes an error when a rehearsal sticks far
above the loss of a constant prediction, or when something else follows from it. Inputs that are
a little small are a note.

## What to try
A `Normalization` layer adapted on the training inputs, or pixels divided by 255.

## References
LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.3.
Measured on digits with SGD 0.2: RMS 7.8 ends in NaN, standardised 0.97 accuracy.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import outcome_fails, rehearsal_sticks_high
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.facts import TensorFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

MAX_RMS = 5.0  # standardised data with a few outliers stays below 3; digits in 0..16 have 7.8
MIN_RMS = 1e-3  # below it the first bias drowns the input
# Pixels divided by 255 twice have 0.002: where nothing is learned besides, that is why.
LOST_RMS = 0.01
SMALL_RMS = 0.05  # images scaled to unit length have 0.036: worth a note
SCALING = frozenset(
    {
        "Rescaling",
        "Normalization",
        "BatchNormalization",
        "LayerNormalization",
        "GroupNormalization",
        "RMSNormalization",
        "UnitNormalization",
    }
)
LOOK_UPS = frozenset(
    {"CategoryEncoding", "Discretization", "Hashing", "HashedCrossing", "IntegerLookup"}
)
PASSING = frozenset({"reshape", "dropout"})


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for the input that is farthest off."""
    roots = _first_calls(m)
    if any(call.class_name in SCALING for call in roots):
        judged = _scaled(roots)
    else:
        looked_up = any(c.role == "embedding" or c.class_name in LOOK_UPS for c in roots)
        judged = [(f.name, f.rms, f) for f in m.inputs if not (looked_up and f.integer_valued)]
    large = max(judged, key=lambda item: item[1], default=None)
    small = min(judged, key=lambda item: item[1], default=None)
    if large is not None and large[1] > MAX_RMS:
        severity = Severity.ERROR if rehearsal_sticks_high(m) else Severity.WARNING
        yield _found(*large, limit=MAX_RMS, severity=severity)
    elif small is not None and 0.0 < small[1] < SMALL_RMS and not _counts(small[2]):
        tiny = small[1] < (LOST_RMS if outcome_fails(m) else MIN_RMS)
        yield _found(*small, limit=SMALL_RMS, severity=Severity.WARNING if tiny else Severity.NOTE)


def _counts(facts: TensorFacts | None) -> bool:
    """Zeros and ones are small because ones are rare, not because of their unit."""
    return facts is not None and facts.integer_valued


def _first_calls(m: Measurements) -> list[LayerCall]:
    """The calls that meet the inputs, with the scaling in front of the first real layer."""
    found: list[LayerCall] = []
    reached: set[int] = set()
    for call in m.calls:
        if call.inputs and reached.isdisjoint(call.inputs):
            continue
        found.append(call)
        if call.role in PASSING or call.class_name == "InputLayer":
            reached.add(call.index)
    return found


def _scaled(roots: list[LayerCall]) -> list[tuple[str, float, TensorFacts | None]]:
    scaling = [c for c in roots if c.class_name in SCALING and c.forward is not None]
    return [(c.path, c.forward.rms, None) for c in scaling if c.forward is not None]


def _found(
    name: str, rms: float, facts: TensorFacts | None, *, limit: float, severity: Severity
) -> Finding:
    large = rms > limit
    numbers = [Evidence(name="input RMS", value=rms, unit="input units")]
    if facts is not None:
        numbers.append(Evidence(name="input mean", value=facts.mean, unit="input units"))
        if facts.spread is not None:
            numbers.append(Evidence(name="largest over smallest", value=facts.spread, unit="std"))
    return RULE.found(
        severity,
        Symptom.EXPLODING if large else Symptom.NOT_LEARNING,
        Cause.INPUT_SCALE,
        f"input {named([name])} has RMS {number(rms)}, far from 1 "
        f"(limit {number(limit)} input units)",
        where=[name],
        evidence=numbers,
    )


RULE = Rule(
    code="D101",
    name="input-far-from-unit-scale",
    check=check,
    explains=frozenset(
        {"A101", "A102", "A106", "N103", "N104", "N105", "R101", "R102", "R106", "V103", "Z101"}
        | {"S102", "S103", "T101", "A107", "T102", "T103"}
    ),
    unless=frozenset({"N101"}),
)
