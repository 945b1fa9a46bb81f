"""The outcome of a trial in words: one sentence, a table of arms, and the lines to change."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence

from gradmend.records import Arm, Change, Outcome, Trial, Visit
from gradmend.records.codec import encode

LEARNS = 0.5  # of the trivial loss, as the trial counts it where the placebo is a lottery
FEW = (
    "So few rows were given that the arms are judged by the rows they train on: a gain says that "
    "the network learns, not that it generalizes."
)
BY_HEART = (
    "On held-out rows no arm beats a constant: what is mended learns the rows it is given and does "
    "not generalize from them. More data, or a smaller network, comes next."
)


def reason(trial: Trial, *, healthy: bool = False, found: str = "", failed: bool = False) -> str:
    """Return one sentence on why the outcome is what it is.

    Args:
        trial: What was tried; without arms there was nothing to try.
        healthy: Whether the check-up found the model healthy.
        found: What the check-up found first.
        failed: Whether a training of the unchanged model was seen to lead nowhere.

    Example:
        >>> reason(Trial(arms=(), outcome=Outcome.NOTHING_HELPED, reason=""), healthy=True)
        'the model is healthy: nothing was found that helps, so it is unchanged.'
    """
    if not trial.arms:
        what = f" ({found})" if found else ""
        state = "the model is healthy" if healthy else f"no cure is known for what was found{what}"
        return f"{state}: nothing was found that helps, so it is unchanged."
    placebo = trial.arms[0]
    if trial.outcome is Outcome.UNFINISHED:
        return _unfinished(trial)
    if trial.winner is None:
        return _unproven(trial, placebo, failed=failed)
    arm = next(arm for arm in trial.arms if arm.name == trial.winner)
    judged = "held-out data" if trial.held_out else "the rows it trains on"
    if surer(trial):
        return (
            f"{arm.name} learns from {_learned(arm)} seeds on {judged}, the unchanged model from "
            f"{_learned(placebo)}; on average {_score(arm)} and {_score(placebo)} of the trivial "
            f"loss."
        )
    comes = (
        f"{arm.name} comes to {_score(arm)} of the trivial loss on {judged}, the unchanged "
        f"model to {_score(placebo)} ({len(arm.runs)} seeds each)"
    )
    if not sooner(trial):
        return f"{comes}."
    return (
        f"{comes} after {trial.proven_at} steps: it learns sooner. After {trial.budget_steps} the "
        f"unchanged model learns too from one seed of one, so other weights or more steps may do."
    )


def spent(trial: Trial) -> str:
    """Return the steps and the seconds of a trial in words.

    Example:
        >>> spent(Trial(arms=(), outcome=Outcome.BETTER, reason="", budget_steps=800, seconds=9.4))
        '800 steps per finalist, 9 s'
    """
    seconds = f"{trial.seconds:.0f} s"
    if trial.proven_at is None:
        return f"{trial.budget_steps} steps per finalist, {seconds}"
    early = f"proven after {trial.proven_at} of {trial.budget_steps} steps, {seconds}"
    return f"{early}{_trained_on(trial)}"


def _trained_on(trial: Trial) -> str:
    """What became of the first seed after an early proof."""
    if len(trial.trained_on) < 2:
        return ""
    placebo, winner = trial.trained_on
    ends = f"{_share(winner.score)}, unchanged {_share(placebo.score)}"
    return f"; the first seed after {winner.steps[-1]}: {ends}"


def _unproven(trial: Trial, placebo: Arm, *, failed: bool) -> str:
    best = min(trial.arms[1:], key=lambda arm: arm.score)
    helps = "nothing was found that helps"
    if trial.outcome is Outcome.NOTHING_HELPED:
        return f"{helps}: no arm beats the best constant prediction; the model is unchanged."
    if learns_anew(trial):
        learned = (
            f"the unchanged model learns from {_learned(placebo)} seeds in {trial.budget_steps} "
            f"steps ({_score(placebo)} of the trivial loss, the best arm, {best.name}, "
            f"{_score(best)})"
        )
        if failed:
            return (
                f"{helps} more than other weights: the training that was followed had failed, but "
                f"{learned}. `.model` has the weights of the best of them; run a script again "
                f"with another seed."
            )
        return (
            f"{helps} beyond training: {learned}, so it is unchanged. Where it had failed, other "
            f"weights or more steps may do."
        )
    return (
        f"{helps}: the best arm, {best.name}, comes to {_score(best)}, unchanged "
        f"{_score(placebo)}, which is no proof; the model is unchanged."
    )


def learns_anew(trial: Trial) -> bool:
    """Whether the unchanged model learned from every seed of the trial."""
    runs = trial.arms[0].runs if trial.arms else ()
    return bool(runs) and all(run.score < LEARNS for run in runs)


def surer(trial: Trial) -> bool:
    """Whether the winner is proven by the seeds it learns from, not by its mean score."""
    won = next((arm for arm in trial.arms if arm.name == trial.winner), None)
    return won is not None and min(trial.arms[0].score, 1.0) - won.score <= trial.margin


def sooner(trial: Trial) -> bool:
    """Whether the unchanged model caught up in the end with a winner proven early."""
    return len(trial.trained_on) == 2 and trial.trained_on[0].score < LEARNS


def _unfinished(trial: Trial) -> str:
    stopped = "the trial was stopped before anything was proven"
    ahead = next((arm for arm in trial.arms if arm.name == trial.leader), None)
    if ahead is None:
        return f"{stopped}; the model is unchanged."
    return (
        f"{stopped}; {ahead.name} is ahead with {_score(ahead)}, unchanged "
        f"{_score(trial.arms[0])}, and the model follows it."
    )


def text(trial: Trial, changes: Sequence[Change]) -> str:
    """Return the whole outcome as plain text.

    Example:
        >>> trial = Trial(arms=(), outcome=Outcome.NOTHING_HELPED, reason="all is well.")
        >>> print(text(trial, ()))
        NOTHING HELPED  all is well.
    """
    return "\n".join(_lines(trial, changes))


def dumps(visit: Visit, trial: Trial, changes: Sequence[Change]) -> str:
    """Return check-up, trial and changes as JSON text."""
    data = {
        "schema": "gradmend.mending/1",
        "trial": encode(trial),
        "changes": [encode(change) for change in changes],
        "visit": encode(visit),
    }
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _lines(trial: Trial, changes: Sequence[Change]) -> Iterator[str]:
    yield f"{trial.outcome.value.upper()}  {trial.reason}"
    if trial.arms:
        yield ""
        yield from _table(trial)
    for change in changes:
        yield ""
        yield f"{change.title} ({change.grade.value})"
        yield from (f"  - {line}" for line in change.before)
        yield from (f"  + {line}" for line in change.after)


def _table(trial: Trial) -> Iterator[str]:
    width = max(len(arm.name) for arm in trial.arms) + 2
    yield f"{'arm':<{width}}{'loss/trivial':>14}{'spread':>9}{'seeds':>7}"
    for arm in trial.arms:
        mark = "  won" if arm.name == trial.winner else f"  {arm.error}" if arm.error else ""
        spread = f"{arm.spread:.3f}" if len(arm.runs) > 1 else ""
        yield f"{arm.name:<{width}}{_score(arm):>14}{spread:>9}{len(arm.runs):>7}{mark}"
    yield spent(trial)
    if trial.note:
        yield trial.note


def _learned(arm: Arm) -> str:
    return f"{sum(run.score < LEARNS for run in arm.runs)} of {len(arm.runs)}"


def _score(arm: Arm) -> str:
    return _share(arm.score)


def _share(score: float) -> str:
    return f"{score:.3f}" if math.isfinite(score) else "not finite"
