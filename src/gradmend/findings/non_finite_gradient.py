"""The gradient turns non-finite on its way back, although loss and outputs are finite.

## What it means
A derivative has no finite value where the function has one: the square root at zero,
a norm of a zero vector, a division in a branch that `where` throws away. The layer
named is the first one that the gradient meets on its way from the loss.

## How it is measured
Entries of d(loss)/d(output) that are NaN or infinite are counted in every layer call,
and of d(loss)/d(weight) in every weight.

## When it is wrong
With float16 and loss scaling a single overflow is normal: the optimizer skips that
step and lowers the scale. The finding is then a warning.

Where no weight receives such an entry (a NaN that a ReLU stops on its way) it does no harm yet:
a warning, and none where the training or a rehearsal learns.

## What to try
Guard the expression before the critical function, not after it: `sqrt(x + 1e-12)`,
`log(maximum(p, 1e-7))`. In float16 use a `LossScaleOptimizer`, or bfloat16.

## References
Micikevicius et al. (2018), Mixed precision training, ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from gradmend.findings._outcome import course_learned, rehearsal_falls
from gradmend.findings._precision import is_half
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, at the first sick place in backward order."""
    if not isfinite(m.loss.total):
        return
    calls = [c for c in m.calls if c.backward is not None and c.backward.nonfinite > 0]
    weights = [w for w in m.weights if w.gradient_nonfinite]
    if not calls and not weights:
        return
    where = calls[-1].label if calls else weights[-1].path
    count = sum(w.gradient_nonfinite or 0 for w in weights)
    half = is_half(m)
    scaled = half and m.optimizer is not None and m.optimizer.loss_scale is not None
    harmless = scaled or not weights
    if not weights and (course_learned(m.course) or rehearsal_falls(m)):
        return
    yield RULE.found(
        Severity.WARNING if harmless else Severity.ERROR,
        Symptom.NON_FINITE,
        Cause.PRECISION if half else Cause.NUMERICS,
        f"gradient turns NaN or infinite at {named([where])}, first on its way back from a "
        f"finite loss; {len(weights)} weights get {count} such entries (limit 0)",
        where=[where],
        evidence=[Evidence(name="non-finite gradient", value=float(count), unit="entries")],
        certain=not harmless,
    )


RULE = Rule(
    code="N105",
    name="non-finite-gradient",
    check=check,
    explains=frozenset({"Z101", "S102", "T101", "T102", "T103"}),
    unless=frozenset({"N103", "N104"}),
)
