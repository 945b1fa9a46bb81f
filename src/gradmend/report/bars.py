"""Numbers as blocks of text: bars and strips."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

BLOCKS = "▁▂▃▄▅▆▇█"
PARTS = " ▏▎▍▌▋▊▉"
ZERO, BROKEN = "·", "!"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """A range of numbers, linear or logarithmic, laid on 0..1.

    A range narrower than `least` (decades, or a share of the largest on a linear
    scale) is widened, so that small differences do not look large.
    """

    low: float
    high: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return where the value lies between `low` (0) and `high` (1)."""
        place = math.log10(value) if self.log else value
        return min(max((place - self.low) / (self.high - self.low), 0.0), 1.0)


def log_scale(values: Iterable[float], least: float = 3.0) -> Scale:
    """Return a scale in decades over the positive finite values."""
    places = [math.log10(v) for v in values if 0.0 < v < math.inf] or [0.0]
    high = max(places)
    return Scale(low=min(*places, high - least), high=high, log=True)


def linear_scale(values: Iterable[float], least: float = 0.1) -> Scale:
    """Return a linear scale over the finite values."""
    finite = [v for v in values if math.isfinite(v)] or [0.0]
    low, high = min(finite), max(finite)
    room = max(least * max(abs(low), abs(high)) - (high - low), 0.0) or (high == low) * 1.0
    return Scale(low=low - room / 2, high=high + room / 2)


def bar(share: float, width: int) -> str:
    """Return a bar over that share of the width, never quite empty.

    Example:
        >>> bar(0.5, 8), bar(0.0, 8)
        ('████', '▏')
    """
    eighths = max(round(share * width * 8), 1)
    full, rest = divmod(eighths, 8)
    return "█" * full + (PARTS[rest] if rest else "")


def strip(values: Sequence[float], scale: Scale, width: int) -> str:
    """Return one character per value: a block, `·` for zero, `!` for nan or inf.

    More values than `width` are thinned: each character shows the middle one of its
    share, and a nan or inf among them always wins.
    """
    return "".join(_character(part, scale) for part in _parts(values, width))


def _parts(values: Sequence[float], width: int) -> list[Sequence[float]]:
    count = min(len(values), width)
    edges = [i * len(values) // count for i in range(count + 1)] if count else [0]
    return [values[a:b] for a, b in pairwise(edges)]


def _character(part: Sequence[float], scale: Scale) -> str:
    if not all(math.isfinite(value) for value in part):
        return BROKEN
    middle = sorted(part)[len(part) // 2]
    return ZERO if scale.log and middle <= 0.0 else block(scale(middle))


def block(share: float) -> str:
    """Return the block that is filled to that share."""
    return BLOCKS[min(int(share * len(BLOCKS)), len(BLOCKS) - 1)]
