"""The recurrence multiplies signals and gradients at every time step.

## What it means
A linear or ReLU recurrence whose matrix has a spectral radius above 1 multiplies by
it at each step: 1.1 over 50 steps is 117, forward and backward. The first long
sequence throws the weights away, whatever the learning rate.

## How it is measured
The spectral radius of the recurrent kernel raised to the number of real steps, for
linear and ReLU cells, and the growth of the gradient toward the first step, for all (of
the exact ‖dL/dh_t‖ with `through_time=True`).

## When it is wrong
A saturating cell holds the forward signal, and gradients that grow by three decades
may still be clipped in time. It becomes an error when the training overshoots.

## What to try
`recurrent_initializer="orthogonal"`, tanh in place of ReLU or nothing, and
`global_clipnorm=1.0`. A smaller learning rate is the known wrong cure.

## References
Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural
networks, ICML. Measured, linear cell, radius 1.1, 50 steps: NaN at SGD 0.01 and 0.0001;
mean squared error 0.02 with radius 0.9, 0.03 with clipping.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

from gradmend.findings._activation_families import RECTIFIERS, UNBOUNDED
from gradmend.findings._outcome import rehearsal_rises
from gradmend.findings._rule import Rule
from gradmend.findings._through_time import decades_per_step, is_gated
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import TimeSignal

MAX_RADIUS = 1.05  # an orthogonal matrix has 1.0; training moves it by a few hundredths
MAX_POWER = 1.0  # decade that radius**steps may reach in a cell that does not saturate
MAX_GROWTH = 3.0  # decades by which the gradient may grow toward the first step


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, for the recurrence that grows most."""
    grown = [(max(_power(t), _growth(t)), t) for t in m.times if _explodes(t)]
    if not grown:
        return
    decades, worst = max(grown, key=lambda item: item[0])
    radius = worst.spectral_radius
    numbers = [
        Evidence(name="growth over the sequence", value=decades, unit="decades"),
        Evidence(name="real steps", value=worst.real_steps, unit="steps"),
    ]
    if radius is not None:
        numbers.append(Evidence(name="spectral radius", value=radius, unit="1 per step"))
    reason = "" if radius is None else f", spectral radius {number(radius)}"
    yield RULE.found(
        Severity.ERROR if rehearsal_rises(m) else Severity.WARNING,
        Symptom.EXPLODING,
        Cause.RECURRENT_EXPLOSION,
        f"recurrence of {named([worst.layer])} grows {number(decades)} decades over "
        f"{worst.real_steps:.0f} steps{reason} "
        f"(limits {number(_limit(worst))} decades, radius {MAX_RADIUS})",
        where=[t.layer for _, t in grown],
        evidence=numbers,
    )


def _saturates_not(t: TimeSignal) -> bool:
    return t.activation in RECTIFIERS or (not is_gated(t) and t.activation in UNBOUNDED)


def _power(t: TimeSignal) -> float:
    """Decades that the recurrent matrix alone reaches over the real steps."""
    if t.spectral_radius is None or t.spectral_radius <= MAX_RADIUS or not _saturates_not(t):
        return 0.0
    return log10(t.spectral_radius) * t.real_steps


def _growth(t: TimeSignal) -> float:
    slope = decades_per_step(t)
    return -slope * t.real_steps if slope is not None else 0.0


def _limit(t: TimeSignal) -> float:
    return MAX_POWER if _power(t) > MAX_POWER else MAX_GROWTH


def _explodes(t: TimeSignal) -> bool:
    return _power(t) > MAX_POWER or _growth(t) > MAX_GROWTH


RULE = Rule(
    code="R101",
    name="gradient-explodes-through-time",
    check=check,
    explains=frozenset(
        {"N103", "N104", "N105", "A101", "A102", "V103", "Z101"}
        | {"S102", "T101", "A107", "T102", "T103"}
    ),
)
