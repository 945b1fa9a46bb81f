"""A placebo that learns from some seeds and not from others: who learns more surely?

Where the unchanged model is a lottery, its scores spread from 0 to 1 and no gain exceeds twice
that. The seeds are counted instead: an arm that learns from all of them is better, when as many
failures of the other would be rare if both were equally sure (Fisher's exact test, one-sided).
"""

from __future__ import annotations

from math import comb

from gradmend.records import Arm

LEARNS = 0.5  # of the trivial loss
RARE = 0.05
MOST_SEEDS = 15  # with four failures among them the test is still passed


def learned(arm: Arm) -> int:
    """Return from how many seeds an arm learned."""
    return sum(run.score < LEARNS for run in arm.runs)


def is_lottery(placebo: Arm) -> bool:
    """Whether the unchanged model learns from some seeds and not from others."""
    return 0 < learned(placebo) < len(placebo.runs)


def always_learns(arm: Arm) -> bool:
    """Whether an arm learned from every seed that it was tried with."""
    return bool(arm.runs) and arm.error is None and learned(arm) == len(arm.runs)


def chance(placebo: Arm, arm: Arm) -> float:
    """Return how probable it is that all failures fall on the placebo, if both are equally sure.

    Of the n + m seeds in all, the failures would then be any: C(n, f) / C(n + m, f).
    """
    seeds, failures = len(placebo.runs), len(placebo.runs) - learned(placebo)
    return comb(seeds, failures) / comb(seeds + len(arm.runs), failures)


def is_surer(placebo: Arm, arm: Arm) -> bool:
    """Whether an arm that always learns is proven to do so more surely than the placebo.

    Example:
        >>> from gradmend.records import Run
        >>> tried = lambda *scores: Arm(name="a", runs=tuple(
        ...     Run(seed=i, score=s) for i, s in enumerate(scores)))
        >>> is_surer(tried(1.0, 0.1, 1.0), tried(0.1, 0.1, 0.1))
        False
        >>> is_surer(tried(1.0, 0.1, 1.0, 1.0, 1.0, 0.1), tried(*[0.1] * 6))
        True
    """
    return is_lottery(placebo) and always_learns(arm) and chance(placebo, arm) <= RARE
