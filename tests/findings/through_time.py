"""Recurrences as they look when they were unrolled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gradmend.records import Unrolled


def unrolled(**changes: Any) -> Unrolled:
    """A tanh recurrence that keeps its gradient over 100 steps."""
    seen = Unrolled(
        samples=32,
        norms=tuple(10.0 ** (-0.005 * (99 - t)) for t in range(100)),
        decades_per_step=0.005,
        memory_length=87.0,
        usable_share=1.0,
        lyapunov=-0.01,
        saturated=0.01,
    )
    return replace(seen, **changes)


def fading(decades: float, **changes: Any) -> Unrolled:
    """A recurrence over 100 steps whose gradient shrinks by so many decades a step."""
    curve = tuple(10.0 ** (-decades * (99 - t)) for t in range(100))
    length = 1 / (decades * 2.302585)
    return unrolled(
        **{"norms": curve, "decades_per_step": decades, "memory_length": length, **changes}
    )
