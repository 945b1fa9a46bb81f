"""A recurrence with ReLU: nothing bounds its state, and negative states are forgotten.

## What it means
tanh holds a state between -1 and 1; ReLU does not. With a recurrent matrix a little above 1
the state grows at every step, and any negative sum is set to zero and forgotten. In an
LSTM or GRU, `activation="relu"` also takes away the bound of the carry.

## How it is measured
The activation of the cell. With `through_time=True` the largest Lyapunov exponent tells
which of the two happens: above 0.05 per step states run away, and this is a warning; so is a
gated cell with ReLU whose training failed; an error where its gradient falls by five decades too.

## When it is wrong
Started from the identity (spectral radius 1, IRNN) it is a cure for forgetting, and then
this stays silent: its gradient changes by less than 0.02 decades a step. Short sequences
bear it.

## What to try
`activation="tanh"`; or `recurrent_initializer="identity"` with clipping and a small rate.

## References
Le, Jaitly & Hinton (2015), A simple way to initialize recurrent networks of rectified
linear units, arXiv:1504.00941.
Measured, ReLU with radius 1.5 over 50 steps: NaN; the same clipped: error 0.16.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._activation_families import RECTIFIERS
from gradmend.findings._outcome import learned_before, outcome_fails
from gradmend.findings._rule import Rule
from gradmend.findings._through_time import decades_per_step, is_gated
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import TimeSignal

MIN_STEPS = 20.0  # shorter sequences bear it
RUNS_AWAY = 0.05  # nats per step: a factor of 150 over 100 steps
FORGETS = 5.0  # decades over the sequence; a default LSTM over 50 steps loses 3.9
MAX_FALL = 0.02  # decades per step: an identity start keeps its gradient, a random one does not


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for the first such layer."""
    rectified = [t for t in m.times if _rectified(t)]
    if not rectified or learned_before(m):
        return
    first = max(rectified, key=_exponent)
    away = _exponent(first) > RUNS_AWAY
    evidence = [Evidence(name="real steps", value=first.real_steps, unit="steps")]
    grown = ""
    if away:
        grown = f", and states run away: Lyapunov exponent {number(_exponent(first))} per step"
        evidence.append(
            Evidence(name="Lyapunov exponent", value=_exponent(first), unit="nats per step")
        )
    misfit = is_gated(first) and not away and outcome_fails(m) and m.course is not None
    kind = first.cell.removesuffix("Cell")
    yield RULE.found(
        _severity(first, away=away, misfit=misfit),
        Symptom.EXPLODING if away else Symptom.VANISHING,
        _cause(away=away, misfit=misfit),
        f"{kind} {named([first.layer])} with ReLU over {first.real_steps:.0f} steps: "
        f"nothing bounds its state{grown}",
        where=[t.layer for t in rectified],
        evidence=evidence,
    )


def _severity(t: TimeSignal, *, away: bool, misfit: bool) -> Severity:
    slope = decades_per_step(t)
    if misfit and slope is not None and slope * t.real_steps > FORGETS:
        return Severity.ERROR  # it forgets, and the training shows it
    return Severity.WARNING if away or misfit else Severity.NOTE


def _cause(*, away: bool, misfit: bool) -> Cause:
    if misfit:
        return Cause.ACTIVATION
    return Cause.RECURRENT_EXPLOSION if away else Cause.RECURRENT_MEMORY


def _rectified(t: TimeSignal) -> bool:
    if t.activation not in RECTIFIERS or t.real_steps < MIN_STEPS:
        return False
    slope = decades_per_step(t)
    keeps = slope is not None and abs(slope) <= MAX_FALL
    return is_gated(t) or not keeps or _exponent(t) > RUNS_AWAY


def _exponent(t: TimeSignal) -> float:
    if t.unrolled is None or t.unrolled.lyapunov is None:
        return 0.0
    return t.unrolled.lyapunov


RULE = Rule(
    code="R105",
    name="relu-recurrence",
    check=check,
    explains=frozenset({"R101", "R102", "A107", "T102"}),
)
