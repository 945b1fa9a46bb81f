from __future__ import annotations

import pytest

from gradmend.records import Arm, Outcome
from gradmend.trials.lottery import RARE, chance, is_lottery, is_surer
from gradmend.trials.verdict import outcome_of
from tests.trials.test_verdict import arm


def by_luck(failed: int, seeds: int, other: int) -> float:
    """Draw all ways in which the failures can fall: the share that spares the other arm."""
    from itertools import combinations

    ways = list(combinations(range(seeds + other), failed))
    return sum(all(place < seeds for place in way) for way in ways) / len(ways)


def placebo(failed: int, seeds: int) -> Arm:
    return arm("placebo", *[1.0] * failed, *[0.1] * (seeds - failed), size=0)


@pytest.mark.parametrize(("failed", "seeds"), [(1, 3), (2, 6), (4, 6), (4, 9)])
def test_the_chance_is_that_of_all_ways_to_fall(failed: int, seeds: int) -> None:
    sure = arm("sure", *[0.1] * seeds)
    assert chance(placebo(failed, seeds), sure) == pytest.approx(by_luck(failed, seeds, seeds))


def test_three_seeds_of_a_lottery_prove_nothing() -> None:
    sure = arm("sure", 0.05, 0.05, 0.05)
    assert outcome_of(placebo(1, 3), [sure], 3, stopped=False)[0] is Outcome.NO_DIFFERENCE


def test_four_failures_of_nine_prove_that_the_other_learns_more_surely() -> None:
    sure = arm("sure", *[0.05] * 9)
    assert chance(placebo(4, 9), sure) <= RARE < chance(placebo(3, 9), sure)
    assert outcome_of(placebo(4, 9), [sure], 3, stopped=False) == (Outcome.BETTER, sure)
    assert not is_surer(placebo(3, 9), sure)


def test_an_arm_that_fails_once_is_not_sure() -> None:
    assert not is_surer(placebo(6, 9), arm("once", *[0.05] * 8, 1.0))


def test_what_always_fails_or_always_learns_is_no_lottery() -> None:
    assert not is_lottery(placebo(3, 3))
    assert not is_lottery(placebo(0, 3))
    assert is_lottery(placebo(1, 3))
