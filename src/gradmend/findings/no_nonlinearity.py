"""Several layers with weights, and nothing between them that is not linear.

## What it means
A linear layer behind a linear layer is one linear layer: however many there are, the network
draws a straight line through the data. `Dense(64)` has no activation unless it is given one.

## How it is measured
All layers from the inputs to the head are dense, convolutional or do no more than scale, average,
add or reshape, at least two of them have weights, and none has an activation. It becomes an error
when a training ends near the loss of a constant prediction, and nothing else stands in its way.

## When it is wrong
A linear task: a filter, a principal component, a table with straight effects. Then the training
learns and this is a note. Where noise is all that is left, an activation does not help either.
Layers whose inside cannot be seen, and operations between layers, are taken for nonlinear.

## What to try
`activation="relu"` in every layer but the last.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.1: learning XOR.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._layers import head_indices, own_activation
from gradmend.findings._outcome import course_disappoints, course_diverged, outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

WEIGHTED = frozenset({"dense", "conv"})
LINEAR_ROLES = frozenset({"dense", "conv", "reshape", "dropout", "scaling"})
LINEAR_CLASSES = frozenset(
    {
        "ActivityRegularization", "Add", "Average", "BatchNormalization", "Concatenate", "Identity",
        "InputLayer", "Subtract",
    }
)  # fmt: skip


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding that names the layers which want an activation."""
    heads = head_indices(m)
    hidden = [call for call in m.calls if call.index not in heads]
    bare = [call.label for call in hidden if call.role in WEIGHTED]
    if not bare or not _all_seen(m) or not all(_is_linear(call) for call in hidden):
        return
    yield RULE.found(
        _severity(m),
        Symptom.NOT_LEARNING,
        Cause.ACTIVATION,
        f"no activation in {named(bare)}: together with the head they are one linear layer "
        "(limit 1 linear layer)",
        where=bare,
        evidence=[Evidence(name="linear layers", value=float(len(bare) + 1), unit="layers")],
    )


def _severity(m: Measurements) -> Severity:
    failed = outcome_fails(m) or course_disappoints(m.course)
    if m.course is None or course_diverged(m.course) or not failed:
        return Severity.NOTE
    return Severity.ERROR if outcome_fails(m) else Severity.WARNING


def _all_seen(m: Measurements) -> bool:
    """Whether no operation hides between the layers: each but the first reads one that was seen."""
    return all(call.inputs for call in m.calls[1:])


def _is_linear(call: LayerCall) -> bool:
    linear = call.role in LINEAR_ROLES or "AveragePooling" in call.class_name
    return (linear or call.class_name in LINEAR_CLASSES) and own_activation(call) is None


RULE = Rule(
    code="A105",
    name="no-nonlinearity",
    check=check,
    explains=frozenset({"T102"}),
    unless=frozenset({"B101", "D101", "D102", "D105", "S101", "S105"}),
)
