from __future__ import annotations

import math

import pytest

from gradmend.records import Arm, Outcome, Run
from gradmend.trials.verdict import is_proven, outcome_of, summed_up, winner_of


def arm(name: str, *scores: float, size: int = 1) -> Arm:
    runs = [Run(seed=i, held_out=s, score=s) for i, s in enumerate(scores)]
    treatments = tuple(f"t{i}" for i in range(size))
    return summed_up(Arm(name=name, treatments=treatments), runs, finalist=True)


SICK = arm("placebo", 1.0, 1.01, 1.0, size=0)


def test_the_spread_is_that_of_the_seeds() -> None:
    assert arm("a", 0.1, 0.2, 0.3).spread == pytest.approx(0.1)
    assert arm("a", 0.1).spread == 0.0


def test_one_run_that_is_not_finite_spoils_the_arm() -> None:
    found = arm("a", 0.1, math.inf, 0.1)
    assert math.isinf(found.score)
    assert not found.beats_trivial


def test_a_cure_is_proven() -> None:
    assert is_proven(SICK, arm("a", 0.1, 0.12, 0.11), seeds=3)


def test_two_seeds_of_three_prove_nothing() -> None:
    assert not is_proven(SICK, arm("a", 0.1, 0.12), seeds=3)


def test_a_gain_within_the_spread_is_luck() -> None:
    assert not is_proven(SICK, arm("a", 0.94, 0.3, 0.9), seeds=3)


def test_what_does_not_beat_the_trivial_prediction_is_no_cure() -> None:
    bad = arm("placebo", math.inf, math.inf, math.inf, size=0)
    assert not is_proven(bad, arm("a", 0.97, 0.97, 0.97), seeds=3)


def test_a_network_that_learns_well_is_left_alone() -> None:
    healthy = arm("placebo", 0.10, 0.11, 0.10, size=0)
    assert outcome_of(healthy, [arm("a", 0.09, 0.09, 0.09)], 3, stopped=False) == (
        Outcome.NO_DIFFERENCE,
        None,
    )


def test_the_smaller_of_two_good_changes_wins() -> None:
    small, large = arm("small", 0.2, 0.21, 0.2), arm("large", 0.1, 0.1, 0.1, size=2)
    found = winner_of(SICK, [large, small], 3)
    assert found is not None
    assert found.name == "small"


def test_a_small_change_that_cures_half_loses() -> None:
    small, large = arm("small", 0.6, 0.61, 0.6), arm("large", 0.1, 0.1, 0.1, size=2)
    found = winner_of(SICK, [small, large], 3)
    assert found is not None
    assert found.name == "large"


def test_of_equal_changes_the_root_cause_comes_first() -> None:
    first, second = arm("first", 0.15, 0.15, 0.15), arm("second", 0.1, 0.1, 0.1)
    found = winner_of(SICK, [first, second], 3)
    assert found is not None
    assert found.name == "first"


@pytest.mark.parametrize(
    ("scores", "stopped", "outcome"),
    [
        ((0.1, 0.1, 0.1), False, Outcome.BETTER),
        ((0.1,), True, Outcome.UNFINISHED),
        ((1.0, 1.0, 1.0), False, Outcome.NOTHING_HELPED),
        ((0.94, 0.94, 0.94), False, Outcome.BETTER),
        ((0.94, 0.90, 0.8), False, Outcome.NO_DIFFERENCE),
    ],
)
def test_outcomes(scores: tuple[float, ...], stopped: bool, outcome: Outcome) -> None:
    assert outcome_of(SICK, [arm("a", *scores)], 3, stopped=stopped)[0] is outcome
