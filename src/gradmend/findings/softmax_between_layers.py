"""A softmax stands between two layers with weights.

## What it means
The outputs of a softmax share a sum of 1: each of 64 units is about 0.016, hardly differs
between samples, and passes on a hundredth of the gradient. The next layer sees next to a constant.

## How it is measured
The activation of every hidden dense or convolutional layer, and of every `Softmax` layer in
between, whose only reader has weights itself.

## When it is wrong
Attention and gates use a softmax to weigh other values: one that feeds a product, a sum or
several readers is not judged. By itself this is a warning; it becomes an error when a
rehearsal or a training shows that nothing is learned.

## What to try
ReLU with He weights inside; softmax at the output only.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._layers import WEIGHTED, consumers, hidden_calls, own_activation
from gradmend.findings._outcome import outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

JUDGED = frozenset({"dense", "conv", "activation"})


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding that names all such layers."""
    readers = consumers(m)
    found = [
        call.label
        for call in hidden_calls(m)
        if call.role in JUDGED
        and own_activation(call) == "softmax"
        and _feeds_one_layer(call, readers)
    ]
    if not found:
        return
    yield RULE.found(
        Severity.ERROR if outcome_fails(m) else Severity.WARNING,
        Symptom.VANISHING,
        Cause.ACTIVATION,
        f"softmax between layers: {named(found)} (only an output should be a softmax)",
        where=found,
        evidence=[Evidence(name="hidden softmax layers", value=float(len(found)), unit="layers")],
    )


def _feeds_one_layer(call: LayerCall, readers: dict[int, list[LayerCall]]) -> bool:
    """Whether the way on leads through nothing but dropout, reshapes and norms to weights."""
    seen: LayerCall | None = call
    while seen is not None:
        behind = readers.get(seen.index, [])
        if len(behind) != 1:
            return False
        if behind[0].role in WEIGHTED:
            return behind[0].role != "attention"
        seen = behind[0] if behind[0].role in ("dropout", "reshape", "norm", "pool") else None
    return False


RULE = Rule(
    code="A103",
    name="softmax-between-layers",
    check=check,
    explains=frozenset({"V101", "V102", "A102", "S103", "A107", "T102"}),
)
