"""A normalization subtracts the only value it sees: its output is the same for every input.

## What it means
`LayerNormalization` over an axis of size 1 takes each value minus its own mean, which is zero. So
does `GroupNormalization` with one feature per group and no positions; `RMSNormalization` and
`UnitNormalization` leave the sign. Whatever the input, the output is one constant, and nothing
behind it can tell two samples apart.

## How it is measured
The spread of the output of every layer, group, RMS or unit normalization over the whole batch: it
is zero to rounding, while the values that arrive differ. Batch normalization has a rule of its own
(B101).

## When it is wrong
A layer whose input is the same for all samples is fed that way; then what stands before it is
to blame, and this rule is silent; so it is where the kernel in front holds one value, and where the
scale starts at zero, as at the end of a residual branch. Where another road leads around the
layer the model may learn all the same: then it is a note.

## What to try
Normalize over an axis that varies: the time steps (`axis=1`), the batch (`BatchNormalization`), or
the features before they are split. One column is scaled by a `Normalization` layer.

## References
Ba, Kiros & Hinton (2016), Layer normalization, arXiv:1607.06450, section 3.
keras-team/tf-keras issue 173; pytorch/pytorch issue 108956.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._kernels import is_constant
from gradmend.findings._outcome import course_learned, rehearsal_falls
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

NOTHING = 1e-5  # of unit size, which is what a normalization makes: only rounding is left
VARIES = 1e-3  # of its size: the least that must arrive


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding that names the layers concerned."""
    by_index = {call.index: call for call in m.calls}
    emptied = [
        call
        for call in m.calls
        if call.role == "norm"
        and call.class_name != "BatchNormalization"
        and call.forward is not None
        and not call.forward.nonfinite
        and call.forward.std <= NOTHING
        and _arriving_varies(m, call, by_index)
        and not _meant(m, call, by_index)
    ]
    if not emptied:
        return
    labels = [call.label for call in emptied]
    spread = max(call.forward.std for call in emptied if call.forward is not None)
    yield RULE.found(
        Severity.ERROR,
        Symptom.ZERO_GRADIENT,
        Cause.NORMALIZATION,
        f"what leaves {emptied[0].class_name} {named(labels)} is the same for every sample, "
        f"though its inputs differ (spread {number(spread)}, limit {number(NOTHING)}): "
        "each value is normalized by itself",
        where=labels,
        evidence=[Evidence(name="spread of the output", value=spread, unit="1")],
        certain=not (course_learned(m.course) or (m.course is None and rehearsal_falls(m))),
    )


def _arriving_varies(m: Measurements, call: LayerCall, by_index: dict[int, LayerCall]) -> bool:
    sources = [by_index[index].forward for index in call.inputs if index in by_index]
    seen = [(one.std, one.rms) for one in sources if one is not None]
    if not call.inputs:
        seen = [(fact.std, fact.rms) for fact in m.inputs]
    return any(std > VARIES * rms > 0.0 for std, rms in seen)


def _meant(m: Measurements, call: LayerCall, by_index: dict[int, LayerCall]) -> bool:
    """Whether a scale of zero silences the layer, or units that are all alike feed it."""
    feeding = {by_index[index].path for index in call.inputs if index in by_index}
    silent = any(w.layer == call.path and w.role == "scale" and w.rms == 0.0 for w in m.weights)
    return silent or any(
        w.layer in feeding and w.role == "kernel" and is_constant(w) for w in m.weights
    )


RULE = Rule(
    code="B102",
    name="normalization-leaves-nothing",
    check=check,
    explains=frozenset({"A101", "D101", "Z101", "V101", "V102", "S102", "S103", "A107", "T102"}),
)
