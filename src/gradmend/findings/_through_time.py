"""How much of the gradient is left so many steps back, exact where it was unrolled."""

from __future__ import annotations

from math import log10

from gradmend.records.measurements import Measurements
from gradmend.records.signals import TimeSignal

GATED = ("LSTM", "GRU")
FLOAT_DECADES = 38.0  # between 1 and the smallest float32
RESCUED = 15.0  # decades that Adam has not been seen to bridge; it bridged 10 over 20 steps


def is_gated(t: TimeSignal) -> bool:
    """Whether the cell has gates that keep its state."""
    return any(name in t.cell for name in GATED)


def decades_per_step(t: TimeSignal) -> float | None:
    """The slope toward the past; exact where the layer was unrolled.

    A layer that hands on all its steps may get its gradient anywhere, so the slope says
    nothing about its memory: then the exponent of its own trajectory is taken.
    """
    if t.unrolled is None:
        return t.decades_per_step
    if t.unrolled.every_step and t.unrolled.lyapunov is not None:
        return -t.unrolled.lyapunov / 2.302585
    return t.unrolled.decades_per_step


def fall_over(t: TimeSignal, steps: float) -> float | None:
    """Decades by which the gradient has fallen so many steps before the last one.

    Read from the curve as far as it has numbers, from the slope beyond. Positive = smaller.
    """
    unrolled = t.unrolled
    if unrolled is not None and not unrolled.every_step and unrolled.norms:
        place = len(unrolled.norms) - 1 - min(round(steps), len(unrolled.norms) - 1)
        top, there = max(unrolled.norms), unrolled.norms[place]
        if there > 0.0 and top > 0.0:
            return log10(top / there)
    slope = decades_per_step(t)
    return None if slope is None else slope * steps


def lag_of(m: Measurements, t: TimeSignal) -> float:
    """How many steps back the answer is taken to stand: as told, or the whole sequence."""
    return t.real_steps if m.lag is None else min(float(m.lag), t.real_steps)
