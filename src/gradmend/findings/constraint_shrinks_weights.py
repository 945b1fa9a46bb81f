"""A constraint cuts the kernels down to a fraction of what their layers need.

## What it means
Keras applies a constraint after every step. `MaxNorm(0.03)` in place of `MaxNorm(3)`, or a clip
copied from a Wasserstein critic, leaves hidden kernels so small that signal and gradient fade from
layer to layer, and a head that can only give every class the same probability. What the optimizer
adds is cut away again.

## How it is measured
The norm of a constrained kernel before and after a few real steps on copies. It fell to less than
half, and what is left is more than three times too narrow for the activation it feeds, in most of
the kernels that have a constraint.

## When it is wrong
Kernels before a normalization do not care about their length, and a critic may live with tiny
weights: a training that learns is a warning at most. A constraint that halves the weights only
(`NonNeg`) is not meant.

## What to try
No constraint; else the usual size, `MaxNorm(3)`, which bounds columns and leaves fresh kernels as
they are.

## References
Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), Dropout, JMLR 15, section 5.1.
Measured on digits, three layers, Adam: `MaxNorm(0.03)` ends at the loss of a constant, no
constraint and `MaxNorm(3)` above 0.95 accuracy.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from gradmend.findings._kernels import hidden_kernels
from gradmend.findings._outcome import outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_LEFT = 0.5  # of the norm; training itself does not halve a kernel within a few steps
MIN_NARROW = 3.0  # times, as for kernels that start too narrow (I102)
MOST = 0.5  # of the constrained hidden kernels


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for all kernels that are held down."""
    after = {w.path: w for w in m.rehearsal.weights} if m.rehearsal is not None else {}
    held = [k for k in hidden_kernels(m) if k.weight.constraint is not None]
    shrunk = {
        k.call.path: after[k.weight.path].norm / k.weight.norm
        for k in held
        if k.weight.path in after and k.weight.norm > 0.0
    }
    small = [
        k.call.path
        for k in held
        if 0.0 < (left := shrunk.get(k.call.path, 1.0)) < MAX_LEFT
        and k.times_below_ideal / left > MIN_NARROW
    ]
    if not small or len(small) <= MOST * len(held):
        return
    left = median(shrunk[path] for path in small)
    constraint = next(k.weight.constraint for k in held if k.call.path in small)
    yield RULE.found(
        Severity.ERROR if outcome_fails(m) else Severity.WARNING,
        Symptom.VANISHING,
        Cause.REGULARIZATION,
        f"the constraint {constraint} cuts the kernels of {named(small)} to {number(left)} of "
        f"their size in the first steps (limit {number(MAX_LEFT)})",
        where=small,
        evidence=[Evidence(name="norm left", value=left, unit="of the weight")],
    )


RULE = Rule(
    code="G104",
    name="constraint-shrinks-weights",
    check=check,
    explains=frozenset({"S102", "S103", "A107", "A101", "V101", "V102", "T101", "T102"}),
    unless=frozenset({"N102"}),
)
