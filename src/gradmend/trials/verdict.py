"""Who won, and is it proven? Pure: reads records only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import mean, stdev

from gradmend.records import Arm, Outcome, Run, Trial
from gradmend.trials.lottery import LEARNS, is_surer

MIN_GAIN = 0.05  # of the trivial loss: less is no cure, however certain
MIN_SHARE = 0.2  # of the placebo's score: a network that learns well is not sick
BEATS_TRIVIAL = 0.95
AS_GOOD = 0.8  # of the best gain: then the smaller or cheaper change wins
SPREADS = 2.0
CLEAR = 0.3  # of the trivial loss: beside a placebo that learned nothing, no further search is due


def summed_up(arm: Arm, runs: Sequence[Run], *, finalist: bool) -> Arm:
    """Return the arm with its runs and what they come to."""
    scores = [run.score for run in runs]
    finite = [s for s in scores if math.isfinite(s)]
    score = mean(finite) if len(finite) == len(scores) and scores else math.inf
    spread = stdev(finite) if len(finite) > 1 else 0.0
    return replace(
        arm,
        runs=tuple(runs),
        score=score,
        spread=spread,
        beats_trivial=bool(scores) and max(scores) < BEATS_TRIVIAL,
        finalist=finalist,
    )


def margin_over(placebo: Arm, arm: Arm) -> float:
    """The gain an arm must exceed: the spread between seeds, and what is worth a change.

    A placebo that learned nothing varies without meaning; one that learns well is not sick.
    """
    if placebo.score >= BEATS_TRIVIAL:
        return max(SPREADS * arm.spread, MIN_GAIN)
    return max(SPREADS * max(arm.spread, placebo.spread), MIN_SHARE * placebo.score)


def gain_over(placebo: Arm, arm: Arm) -> float:
    """How much lower the score is; a placebo cannot be worse than having learned nothing."""
    return min(placebo.score, 1.0) - arm.score


def is_proven(placebo: Arm, arm: Arm, seeds: int) -> bool:
    """Whether an arm beats the placebo by more than the spread, and the trivial prediction.

    Or where the placebo is a lottery, whether the arm learns more surely.
    """
    if not (len(arm.runs) >= seeds <= len(placebo.runs) and arm.beats_trivial):
        return False
    return gain_over(placebo, arm) > margin_over(placebo, arm) or is_surer(placebo, arm)


def is_clear(placebo: Arm, arm: Arm) -> bool:
    """Whether an arm learns so well beside a placebo that learned nothing that the search may end.

    It is no proof: that takes several seeds.
    """
    return placebo.score >= BEATS_TRIVIAL and arm.error is None and arm.score <= CLEAR


def winner_of(placebo: Arm, arms: Sequence[Arm], seeds: int) -> Arm | None:
    """Return the smallest proven change among those about as good as the best."""
    proven = [arm for arm in arms if is_proven(placebo, arm, seeds)]
    if not proven:
        return None
    best = max(gain_over(placebo, arm) for arm in proven)
    as_good = [arm for arm in proven if gain_over(placebo, arm) >= AS_GOOD * best]
    # min() takes the first of equals: arms stand in the order of the root causes
    return min(as_good, key=lambda arm: len(arm.treatments))


def outcome_of(
    placebo: Arm, arms: Sequence[Arm], seeds: int, *, stopped: bool
) -> tuple[Outcome, Arm | None]:
    """Return the outcome, and the arm that won."""
    winner = winner_of(placebo, arms, seeds)
    if winner is not None:
        return Outcome.BETTER, winner
    tried = [arm for arm in arms if arm.error is None and arm.runs]
    if stopped:
        return Outcome.UNFINISHED, None
    if placebo.beats_trivial:
        return Outcome.NO_DIFFERENCE, None
    learns = any(arm.beats_trivial for arm in tried)
    return (Outcome.NO_DIFFERENCE if learns else Outcome.NOTHING_HELPED), None


def leader_of(placebo: Arm, arms: Sequence[Arm]) -> Arm | None:
    """Return the arm that is ahead when a trial is stopped: it learns, and gains enough.

    Every arm counts by the seeds it has; that is no proof.
    """
    ahead = [
        arm
        for arm in arms
        if arm.beats_trivial and gain_over(placebo, arm) > margin_over(placebo, arm)
    ]
    return min(ahead, key=lambda arm: arm.score, default=None)


def learns_only_now(trial: Trial) -> bool:
    """Whether the unchanged model cannot learn even its own rows, and the winner does."""
    won = [arm for arm in trial.arms if arm.name == trial.winner]
    return bool(won) and trial.arms[0].score >= BEATS_TRIVIAL and won[0].score <= LEARNS
