"""Many tanh or sigmoid units sit at the end of their range.

## What it means
Near its bounds an activation is flat and its slope nearly zero: what the unit has
learned is frozen, and small changes of the input no longer show. This alone does not
say where the gradient goes: wide weights saturate units and make gradients explode.

## How it is measured
The share of outputs beyond 0.99 for tanh, or outside 0.01..0.99 for sigmoid, in hidden
layers. Gates, recurrent cells and the output of the model are left out.

## When it is wrong
Trained networks decide, and deciding units saturate: five tanh layers reached 0.90
accuracy with 63 % saturated. A warning until the training itself fails.

## What to try
By cause: a matching initializer, scaled inputs, a smaller learning rate, or weight
decay when weights have drifted upward for many epochs.

## References
Glorot & Bengio (2010), AISTATS, section 3. Measured: ten tanh layers with N(0, 1)
weights have 75 % saturated and 0.10-0.18 accuracy; Glorot 0 % and 0.92-0.98.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from gradmend.findings._activation_families import SIGMOID_LIKE, TANH_LIKE
from gradmend.findings._kernels import hidden_kernels
from gradmend.findings._layers import consumers, hidden_calls, own_activation
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, percent
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

MAX_SATURATED = 0.2  # matched initial weights show 0 %, those of N(0, 1) 75 %
WIDE = 2.0  # times the fitting gain: enough to fill the ends of a tanh
FAR_INPUT = 5.0  # RMS, the limit of D101


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, at the first sick layer in forward order."""
    judged = saturable(m)
    sick = [(share, call) for share, call in judged if share > MAX_SATURATED]
    if not sick:
        return
    share, first = sick[0]
    yield RULE.found(
        Severity.WARNING,
        Symptom.SATURATED,
        _cause(m, first),
        f"{percent(share)} of the outputs of {named([first.label])} are saturated "
        f"(limit {percent(MAX_SATURATED)}); {len(sick)} of {len(judged)} "
        f"{own_activation(first)} layers are beyond it",
        where=[call.label for _, call in sick],
        evidence=[
            Evidence(name="saturated", value=share, unit="share"),
            Evidence(name="median over layers", value=median(s for s, _ in judged), unit="share"),
        ],
    )


def saturable(m: Measurements) -> list[tuple[float, LayerCall]]:
    """The hidden calls that can saturate, with the share that does; gates are left out."""
    readers = consumers(m)
    return [
        (call.forward.saturated_hard, call)
        for call in hidden_calls(m)
        if call.forward is not None
        and call.forward.saturated_hard is not None
        and own_activation(call) in SIGMOID_LIKE | TANH_LIKE
        and call.role not in ("recurrent", "attention", "composite")
        and not any(reader.class_name == "Multiply" for reader in readers.get(call.index, ()))
    ]


def _cause(m: Measurements, first: LayerCall) -> Cause:
    owners = {first.path, *(c.path for c in m.calls if c.index in first.inputs)}
    wide = [k for k in hidden_kernels(m) if k.call.path in owners and k.times_too_wide > WIDE]
    if wide:
        return Cause.INITIALIZER
    if any(fact.rms > FAR_INPUT and not fact.integer_valued for fact in m.inputs):
        return Cause.INPUT_SCALE
    trained = m.optimizer is not None and m.optimizer.iterations > 0
    return Cause.LEARNING_RATE if trained else Cause.INITIALIZER


RULE = Rule(
    code="A102",
    name="saturated-units",
    check=check,
    explains=frozenset({"V101", "V103", "S103", "A107", "T102"}),
    unless=frozenset({"N103"}),
)
