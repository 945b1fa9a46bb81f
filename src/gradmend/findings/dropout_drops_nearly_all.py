"""Dropout leaves next to nothing of a layer's output.

## What it means
Dropout multiplies what it keeps by 1 / (1 - rate): at a rate of 0.95 the signal is
four times noise for one part of meaning, and every step follows another small network.
Often the rate was meant as the share to keep.

## How it is measured
The share of entries that a dropout layer turned to zero on the measured batch, among those that
were not zero before. Where nothing is learned, several layers of high rates count together: what
three of 0.8 leave is less than a hundredth.

## When it is wrong
Over very wide inputs (a bag of words) a high rate can work. By itself this is a warning; it
becomes an error when a rehearsal or a training shows that nothing is learned.

## What to try
A rate of 0.5 in front of the last layer, 0.2 elsewhere, none until the network learns.

## References
Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), Dropout, JMLR 15, section 7.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from gradmend.findings._outcome import outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, percent
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

MAX_RATE = 0.85  # of the entries; beyond 0.8 the error rises steeply in section 7.3 of the paper
HIGH_RATE = 0.65  # two such layers in a row keep a tenth
MIN_KEPT = 0.1  # by all layers of high rates together
MIN_ENTRIES = 200  # below it a rate is guessed, not measured


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding that names all such layers."""
    rates = {call.label: rate for call in m.calls if (rate := _rate(m, call)) is not None}
    high = [label for label, rate in rates.items() if rate > MAX_RATE]
    if not high:
        yield from _together(m, rates)
        return
    worst = max(rates[label] for label in high)
    yield RULE.found(
        Severity.ERROR if outcome_fails(m) else Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.REGULARIZATION,
        f"dropout {named(high)} sets {percent(worst)} of its input to zero "
        f"(limit {percent(MAX_RATE)})",
        where=high,
        evidence=[Evidence(name="dropped entries", value=worst, unit="share")],
    )


def _together(m: Measurements, rates: dict[str, float]) -> Iterator[Finding]:
    """Yield a finding where no single rate is too high, and nothing is left behind them all."""
    high = [label for label, rate in rates.items() if rate > HIGH_RATE]
    kept = math.prod(1.0 - rates[label] for label in high)
    if len(high) < 2 or kept > MIN_KEPT or not outcome_fails(m):
        return
    yield RULE.found(
        Severity.ERROR,
        Symptom.NOT_LEARNING,
        Cause.REGULARIZATION,
        f"dropout {named(high)} together keep {percent(kept)} of the signal "
        f"(limit {percent(MIN_KEPT)})",
        where=high,
        evidence=[Evidence(name="entries kept by all", value=kept, unit="share")],
    )


def _rate(m: Measurements, call: LayerCall) -> float | None:
    """The share of non-zero inputs that became zero; None where it cannot be told."""
    seen = call.forward
    if call.role != "dropout" or seen is None or "Dropout" not in call.class_name:
        return None
    before = m.calls[call.inputs[0]].forward if call.inputs else None
    alive = 1.0 - (before.zero_share if before is not None else 0.0)
    if math.prod(seen.shape) * alive < MIN_ENTRIES:
        return None
    return 1.0 - (1.0 - seen.zero_share) / alive


RULE = Rule(
    code="G102",
    name="dropout-drops-nearly-all",
    check=check,
    explains=frozenset({"A101", "S102", "T102"}),
)
