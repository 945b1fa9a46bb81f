"""All arms against the placebo: successive halving, then more seeds for those left over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import keras

from gradmend.records import Arm, Outcome, Run, Trial
from gradmend.trials.budget import Budget
from gradmend.trials.entry import Entry, Watch
from gradmend.trials.executor import Arrival, Executor
from gradmend.trials.groups import groups
from gradmend.trials.in_turn import InTurn
from gradmend.trials.lane import Lane
from gradmend.trials.lottery import MOST_SEEDS, always_learns, is_lottery
from gradmend.trials.rows import Rows
from gradmend.trials.verdict import (
    AS_GOOD,
    CLEAR,
    gain_over,
    is_clear,
    leader_of,
    margin_over,
    outcome_of,
    winner_of,
)

RUNGS = (0.25, 0.5)  # of the budget, from the first seed; the last rung is the whole of it
FINALISTS = 2
CURED = 0.5  # of the trivial loss: above it one treatment alone is not enough


@dataclass(frozen=True, slots=True)
class _Early:
    """A proof that needed a part of the budget: all arms as they stood, and the winner."""

    arms: list[Arm]
    winner: Lane
    steps: int


class Race:
    """The state of a trial. `run` may be interrupted at any time; `result` can be read then."""

    def __init__(  # noqa: PLR0913 - what a trial is made of
        self,
        entries: Sequence[Entry],
        train: Rows,
        judged: Rows,
        *,
        budget: Budget,
        batch_size: int = 32,
        seeds: Sequence[int] = (0, 1, 2),
        combine: Callable[[Sequence[str]], Entry | None] | None = None,
        watch: Watch | None = None,
        executor: Executor | None = None,
        doubted: bool = False,
    ) -> None:
        self._doubted = doubted  # a training of the unchanged model was seen to lead nowhere
        self._budget, self._seeds, self._watch = budget, tuple(seeds), watch
        self._executor = executor or InTurn(train, judged, batch_size)
        self._combine = combine
        self._lanes = [self._lane(entry) for entry in entries]
        self._finalists: set[str] = set()
        self._early: _Early | None = None
        self.stopped = False

    def _lane(self, entry: Entry) -> Lane:
        return Lane(entry, Arm(name=entry.name, treatments=entry.treatments), {}, {})

    def run(self) -> None:
        """Try everything, as far as the budget goes; Ctrl-C ends it where it stands."""
        with self._interruptible():
            self._advance(self._lanes, self._seeds[:1], self._rung(0))
            if not self._settled_early(self._rung(0)):
                self._whole_way()

    def _rung(self, number: int) -> int:
        return max(int(self._budget.steps * RUNGS[number]), 1)

    def _whole_way(self) -> None:
        first, whole = self._seeds[0], self._budget.steps
        alive = self._half(self._lanes)
        self._advance(alive, [first], self._rung(1))
        if self._settled_early(self._rung(1)):
            return
        alive = self._half(alive)
        self._advance(alive, [first], whole)
        alive += self._combined(first, whole)
        self._prove(alive, whole)
        self._draw_more(alive, whole)

    def _settled_early(self, steps: int) -> bool:
        """Prove at a rung what is clear there; the first seed then goes on to the end.

        Where the winner loses its lead on the way, the race goes on as if nothing had been proven:
        a placebo that only needed patience is not sick. Unless its training was seen to fail. Then
        a treatment that learns from all seeds, and much sooner, is worth having.
        """
        placebo = self._placebo.summary()
        if not any(is_clear(placebo, lane.summary()) for lane in self._lanes[1:]):
            return False
        self._prove(self._lanes, steps)
        arms = self._arms()
        winner = winner_of(arms[0], arms[1:], len(self._seeds))
        if winner is None or not is_clear(arms[0], winner):
            return False
        lane = next(lane for lane in self._lanes if lane.arm.name == winner.name)
        self._early = _Early(arms, lane, steps)
        self._advance([self._placebo, lane], self._seeds[:1], self._budget.steps)
        sooner = self._doubted and not lane.control and lane.first().score <= CLEAR
        if not (sooner or is_clear(self._placebo.first(), lane.first())):
            self._early = None
        return self._early is not None

    def _prove(self, lanes: Sequence[Lane], steps: int) -> None:
        """Train the finalists from the other seeds as far as from the first."""
        final = self._to_prove(lanes)
        self._finalists = {lane.arm.name for lane in final}
        self._advance(final, self._seeds[1:], steps)

    def _draw_more(self, lanes: Sequence[Lane], steps: int) -> None:
        """Where the placebo is a lottery, draw more seeds till it is known who learns surely."""
        first, placebo = len(self._seeds), self._placebo
        others = [lane for lane in lanes[1:] if lane.arm.name in self._finalists]
        while len(placebo.runs) < MOST_SEEDS and not self._budget.over:
            sure = [lane for lane in others if always_learns(lane.summary())]
            unsure = self._doubted and len(placebo.runs) == first
            if not sure or not (is_lottery(placebo.summary()) or unsure):
                return
            if winner_of(placebo.summary(), [lane.summary() for lane in others], first):
                return
            best = min(sure, key=lambda lane: (-len(lane.runs), lane.score))
            last = max(placebo.runs)
            self._advance([placebo, best], range(last + 1, last + 1 + first), steps)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            self.stopped = True
        self.stopped = self.stopped or self._budget.over

    @property
    def _placebo(self) -> Lane:
        return self._lanes[0]

    def _advance(self, lanes: Sequence[Lane], seeds: Sequence[int], until: int) -> None:
        going = [(lane, seed) for seed in seeds for lane in lanes if lane.arm.error is None]
        ways = [lane.way(seed, until) for lane, seed in going]

        def keep(number: int, run: Run) -> None:
            lane = going[number][0]
            lane.runs[run.seed] = run
            lane.paths[run.seed] = ways[number].path
            if self._watch is not None:
                self._watch(lane.arm.name, run, until)

        for number, arrival in self._executor.advance(
            ways, over=lambda: self._budget.over, keep=keep
        ):
            self._arrived(going[number][0], arrival)

    def _arrived(self, lane: Lane, arrival: Arrival) -> None:
        """A treatment that does not fit costs its arm, not the trial."""
        if arrival.error is None:
            lane.runs[arrival.run.seed] = arrival.run
            lane.trivial, lane.reference = arrival.trivial, arrival.reference
            return
        if lane is self._placebo:
            raise arrival.error
        lane.arm = replace(lane.arm, error=_first_line(arrival.error))
        lane.runs.pop(arrival.run.seed, None)

    def _half(self, lanes: Sequence[Lane]) -> list[Lane]:
        """Keep the placebo and the better half of the others, in their order."""
        tried = [lane for lane in lanes[1:] if lane.arm.error is None]
        keep = max((len(tried) + 1) // 2, FINALISTS)
        best = sorted(tried, key=lambda lane: lane.score)[:keep]
        return [lanes[0], *(lane for lane in lanes[1:] if lane in best)]

    def _combined(self, seed: int, steps: int) -> list[Lane]:
        """Two and more treatments together, when none alone is enough; halved like the others."""
        tried = [lane for lane in self._lanes[1:] if lane.arm.error is None]
        singles = [lane for lane in tried if not lane.control]
        best = min((lane.score for lane in singles), default=0.0)
        if self._combine is None or best <= CURED:
            return []
        entries = [self._combine(names) for names in groups(tried)]
        found = [self._lane(entry) for entry in entries if entry is not None]
        self._lanes += found
        for share in RUNGS if len(found) > FINALISTS else ():
            self._advance(found, [seed], max(int(steps * share), 1))
            found = self._half([self._placebo, *found])[1:]
        self._advance(found, [seed], steps)
        return found

    def _to_prove(self, lanes: Sequence[Lane]) -> list[Lane]:
        """The placebo, the best arm, and the smallest of those about as good."""
        placebo = lanes[0].summary()
        others = [lane for lane in lanes[1:] if lane.arm.error is None]
        best = sorted(others, key=lambda lane: lane.score)[:FINALISTS]
        gains = {id(lane): gain_over(placebo, lane.summary()) for lane in others}
        top = max(gains.values(), default=0.0)
        as_good = [lane for lane in others if gains[id(lane)] >= AS_GOOD * top]
        small = sorted(as_good, key=lambda lane: len(lane.arm.treatments))[:1]
        return [lanes[0], *(lane for lane in others if lane in best or lane in small)]

    def _arms(self) -> list[Arm]:
        return [lane.summary(finalist=lane.arm.name in self._finalists) for lane in self._lanes]

    def result(self) -> Trial:
        """What has been shown up to now."""
        early = self._early
        arms = self._arms() if early is None else early.arms
        outcome, winner = outcome_of(arms[0], arms[1:], len(self._seeds), stopped=self.stopped)
        unfinished = outcome is Outcome.UNFINISHED
        leader = leader_of(arms[0], arms[1:]) if unfinished else None
        return Trial(
            arms=tuple(arms),
            outcome=outcome,
            leader=leader.name if leader else None,
            reason="",
            winner=winner.name if winner else None,
            margin=margin_over(arms[0], winner) if winner else 0.0,
            trivial=self._placebo.trivial,
            budget_steps=self._budget.steps,
            seconds=round(self._budget.spent, 1),
            proven_at=None if early is None else early.steps,
            trained_on=() if early is None else self._first_runs(early.winner),
        )

    def _first_runs(self, winner: Lane) -> tuple[Run, ...]:
        return tuple(lane.runs[self._seeds[0]] for lane in (self._placebo, winner))

    def model_of(self, name: str) -> keras.Model:
        """Return the trained model of an arm, of its best seed."""
        lane = next(lane for lane in self._lanes if lane.arm.name == name)
        seed = min(lane.runs.values(), key=lambda run: run.score).seed
        model = lane.entry.build(seed)
        weights = self._executor.weights_of(lane.way(seed))
        if weights is not None:
            model.set_weights(weights)
        return model


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:120] if lines else type(error).__name__
