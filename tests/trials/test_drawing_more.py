"""A race in which the placebo is a lottery: scores are given, nothing is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from gradmend.mending import _outcome
from gradmend.records import Outcome, Trial, Verdict, Visit
from gradmend.report.mending import reason
from gradmend.trials import Budget, Entry, Race
from gradmend.trials.executor import Arrival, Keep, Way
from tests.trials.test_race import GOOD, ROWS, network


class Given:
    """Hands out the scores of the placebo by seed; the other arm always learns."""

    def __init__(self, unlucky: Sequence[int]) -> None:
        self.unlucky = unlucky

    def advance(
        self, ways: Sequence[Way], *, over: Callable[[], bool], keep: Keep
    ) -> Iterator[tuple[int, Arrival]]:
        for number, way in enumerate(ways):
            fails = way.entry.name == "placebo" and way.run.seed in self.unlucky
            score = 1.0 if fails else 0.1
            run = replace(way.run, steps=way.path, losses=(score,) * len(way.path), score=score)
            yield number, Arrival(run=run, trivial=1.0)

    def weights_of(self, way: Way) -> list[Any] | None:
        return None

    def close(self) -> None:
        return None


def raced(*unlucky: int, doubted: bool = False) -> Race:
    placebo = Entry(name="placebo", treatments=(), build=network(0.0))
    race = Race(
        [placebo, GOOD], ROWS, ROWS, budget=Budget(steps=40), executor=Given(unlucky),
        doubted=doubted,
    )  # fmt: skip
    race.run()
    return race


def tried(*unlucky: int, doubted: bool = False) -> Trial:
    return raced(*unlucky, doubted=doubted).result()


def test_seeds_are_drawn_until_it_is_proven_who_learns_surely() -> None:
    trial = tried(1, 4, 5, 7)
    assert [len(arm.runs) for arm in trial.arms] == [9, 9]
    assert (trial.outcome, trial.winner) == (Outcome.BETTER, "good")
    assert reason(trial).startswith(
        "good learns from 9 of 9 seeds on held-out data, the unchanged model from 5 of 9"
    )


def test_too_few_failures_prove_nothing() -> None:
    trial = tried(1, 4)
    assert [len(arm.runs) for arm in trial.arms] == [15, 15]
    assert trial.outcome is Outcome.NO_DIFFERENCE


def test_a_placebo_that_always_learns_needs_no_more_seeds_unless_it_was_seen_to_fail() -> None:
    assert len(tried().arms[0].runs) == 3
    trial = tried(doubted=True)
    assert len(trial.arms[0].runs) == 6
    assert "learns from 6 of 6 seeds" in reason(trial)
    assert reason(trial, failed=True).endswith(
        "`.model` has the weights of the best of them; run a script again with another seed."
    )


@pytest.mark.parametrize("doubted", [True, False])
def test_where_training_had_failed_the_weights_of_another_seed_are_handed_over(
    doubted: bool,
) -> None:
    race, given = raced(doubted=True), network(0.0)(0)
    clinic: Any = SimpleNamespace(doubted=doubted)
    visit = Visit(verdict=Verdict.SICK, reason="its training failed")
    mending = _outcome(race, clinic, race.result(), visit, given, ROWS)
    assert (mending.model is given) is not doubted
    assert ("weights of the best" in mending.trial.reason) is doubted
    assert (mending.verdict, mending.changes) == (Outcome.NO_DIFFERENCE, ())
