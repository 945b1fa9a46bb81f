"""From some layer on, all samples look the same.

## What it means
What leaves the layer is one vector, whatever went in: a mask that hides the data, a normalization
or a sum over the wrong axis, a state that forgot all but the padding. Nothing behind it can tell
two samples apart, so the best that is left is a constant prediction.

## How it is measured
The mean cosine between each sample and the one half a batch away, at every layer call that is wide
enough to hold a direction (8 numbers or more), heads left out: a fresh one says the same of
all samples. It rises to one but for rounding and stays
there up to the head, at once: the layer before still held different samples.

## When it is wrong
Where the samples really are the same. A fresh network may lose them and find them again: a warning,
until a training or a rehearsal gets nowhere. A deep stack brings its samples together little by
little: that is left to the rules about depth. Weights that are all alike or a memory that is
too short do it at once; where their rules speak, this one stands under them.

## What to try
Look at what enters and leaves the first layer named: the attention mask (`True` marks what may be
seen), the axis, the order of padding and text. Then predict two very different samples.

## References
Poole, Lahiri, Raghu, Sohl-Dickstein & Ganguli (2016), Exponential expressivity in deep neural
networks through transient chaos, arXiv:1606.05340: in the ordered phase all inputs converge.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from gradmend.findings._layers import hidden_calls
from gradmend.findings._outcome import outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

COLLAPSED = 1e-6  # below a cosine of one: samples differ by a thousandth; rounding makes 1e-7
APART = 1e-3  # below a cosine of one: the layer before really held different samples
WIDE = 8  # numbers a sample: two that are positive are never far apart in direction


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, at the first call behind which all samples stay the same."""
    seen = [(call, missing) for call in hidden_calls(m) if (missing := _missing(call)) is not None]
    tail = _collapsed_tail(seen)
    if not tail or len(tail) == len(seen):
        return
    before = seen[-len(tail) - 1][1]
    if before <= APART:
        return
    first, missing = tail[0]
    yield RULE.found(
        Severity.ERROR if outcome_fails(m) else Severity.WARNING,
        Symptom.NOT_LEARNING,
        _cause(first),
        f"from {named([first.label])} on all samples look the same: their mean cosine is one but "
        f"for {number(missing)} (limit {number(COLLAPSED)}), one layer earlier {number(before)}",
        where=[call.label for call, _ in tail],
        evidence=[
            Evidence(name="distance between samples", value=missing, unit="1 - cosine"),
            Evidence(name="distance before", value=before, unit="1 - cosine"),
        ],
    )


def is_collapsed(call: LayerCall) -> bool:
    """Whether all samples leave a call as one vector, but for rounding."""
    missing = _missing(call)
    return missing is not None and missing <= COLLAPSED


def _missing(call: LayerCall) -> float | None:
    """What the mean cosine lacks to one; None where the output is unseen, too narrow or zero."""
    signal = call.forward
    if signal is None or signal.similarity is None or signal.nonfinite or not signal.rms:
        return None
    return max(1.0 - signal.similarity, 0.0) if prod(signal.shape[1:]) >= WIDE else None


def _collapsed_tail(seen: list[tuple[LayerCall, float]]) -> list[tuple[LayerCall, float]]:
    last = max((i for i, (_, missing) in enumerate(seen) if missing > COLLAPSED), default=-1)
    return seen[last + 1 :]


def _cause(call: LayerCall) -> Cause:
    if call.role == "recurrent":
        return Cause.RECURRENT_MEMORY
    return Cause.NORMALIZATION if call.role == "norm" else Cause.DATA


RULE = Rule(
    code="A107",
    name="samples-collapse",
    check=check,
    explains=frozenset({"S102", "S103", "T102", "T103"}),
)
