"""Cured or not, from the skills before and after. Pure: numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import pstdev

ENOUGH = 4  # of five seeds
TRIVIAL = 0.05  # skill that a constant may have by chance
LEARNED = 0.5  # as in the detection benchmark: below it a program is sick
NEARLY = 0.9


def better_seeds(before: Sequence[float], after: Sequence[float]) -> int:
    """Count the seeds on which the repaired program is better than the original.

    Better: by more than the spread of the original, and better than a constant. Where the
    original learned by luck of the seed, the repaired one has to be as good.

    Example:
        >>> better_seeds([0.0, 0.0, 0.0, 0.0, 0.8], [0.9, 0.9, 0.9, 0.01, 0.9])
        4
    """
    spread = pstdev(before)
    return sum(
        (new > old + spread and new > TRIVIAL) or (old >= LEARNED and new >= NEARLY * old)
        for old, new in zip(before, after, strict=True)
    )


def is_cured(before: Sequence[float], after: Sequence[float]) -> bool:
    """Whether at least four of five seeds are better."""
    return better_seeds(before, after) >= ENOUGH


def learns_by_itself(before: Sequence[float]) -> bool:
    """Whether the original learns on so many seeds that nothing is left to cure."""
    return sum(skill >= LEARNED for skill in before) >= ENOUGH
