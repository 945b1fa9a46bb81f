"""All arms against the placebo: successive halving, then more seeds for those left over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import keras

from gradmend.records import Arm, Outcome, Run, Trial
from gradmend.trials.budget import Budget
from gradmend.trials.entry import Entry, Watch
from gradmend.trials.executor import Arrival, Executor, Way
from gradmend.trials.in_turn import InTurn
from gradmend.trials.rows import Rows
from gradmend.trials.verdict import AS_GOOD, gain_over, leader_of, outcome_of, summed_up

RUNGS = (0.25, 0.5)  # of the budget, from the first seed; the last rung is the whole of it
FINALISTS = 2
CURED = 0.5  # of the trivial loss: above it one treatment alone is not enough


@dataclass(slots=True)
class _Lane:
    """An arm on its way: what it is, its runs, and the steps at which each of them stopped."""

    entry: Entry
    arm: Arm
    runs: dict[int, Run]
    paths: dict[int, tuple[int, ...]]
    trivial: float | None = None
    reference: float | None = None

    @property
    def control(self) -> bool:
        """Whether it is there for comparison only."""
        return self.entry.control

    @property
    def score(self) -> float:
        """The score of the first seed."""
        return next((run.score for run in self.runs.values()), float("inf"))

    def way(self, seed: int, until: int | None = None) -> Way:
        """Its way from a seed: as far as it was sent, or on to a step."""
        path = self.paths.get(seed, ())
        path = path if until is None else (*path, until)
        run = self.runs.get(seed, Run(seed=seed))
        return Way(entry=self.entry, run=run, path=path, reference=self.reference)

    def summary(self, *, finalist: bool = False) -> Arm:
        """The arm with what its runs come to."""
        return summed_up(self.arm, list(self.runs.values()), finalist=finalist)


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
    ) -> None:
        self._budget, self._seeds, self._watch = budget, tuple(seeds), watch
        self._executor = executor or InTurn(train, judged, batch_size)
        self._combine = combine
        self._lanes = [self._lane(entry) for entry in entries]
        self._finalists: set[str] = set()
        self.stopped = False

    def _lane(self, entry: Entry) -> _Lane:
        return _Lane(entry, Arm(name=entry.name, treatments=entry.treatments), {}, {})

    def run(self) -> None:
        """Try everything, as far as the budget goes; Ctrl-C ends it where it stands."""
        with self._interruptible():
            first, whole = self._seeds[0], self._budget.steps
            alive = self._lanes
            for share in RUNGS:
                self._advance(alive, [first], max(int(whole * share), 1))
                alive = self._half(alive)
            self._advance(alive, [first], whole)
            alive += self._combined(first, whole)
            final = self._to_prove(alive)
            self._finalists = {lane.arm.name for lane in final}
            self._advance(final, self._seeds[1:], whole)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            self.stopped = True
        self.stopped = self.stopped or self._budget.over

    @property
    def _placebo(self) -> _Lane:
        return self._lanes[0]

    def _advance(self, lanes: Sequence[_Lane], seeds: Sequence[int], until: int) -> None:
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

    def _arrived(self, lane: _Lane, arrival: Arrival) -> None:
        """A treatment that does not fit costs its arm, not the trial."""
        if arrival.error is None:
            lane.runs[arrival.run.seed] = arrival.run
            lane.trivial, lane.reference = arrival.trivial, arrival.reference
            return
        if lane is self._placebo:
            raise arrival.error
        lane.arm = replace(lane.arm, error=_first_line(arrival.error))
        lane.runs.pop(arrival.run.seed, None)

    def _half(self, lanes: Sequence[_Lane]) -> list[_Lane]:
        """Keep the placebo and the better half of the others, in their order."""
        tried = [lane for lane in lanes[1:] if lane.arm.error is None]
        keep = max((len(tried) + 1) // 2, FINALISTS)
        best = sorted(tried, key=lambda lane: lane.score)[:keep]
        return [lanes[0], *(lane for lane in lanes[1:] if lane in best)]

    def _combined(self, seed: int, steps: int) -> list[_Lane]:
        """Two and more treatments together, when none alone is enough; halved like the others."""
        tried = [lane for lane in self._lanes[1:] if lane.arm.error is None]
        singles = [lane for lane in tried if not lane.control]
        best = min((lane.score for lane in singles), default=0.0)
        if self._combine is None or best <= CURED:
            return []
        entries = [self._combine(names) for names in _groups(tried)]
        found = [self._lane(entry) for entry in entries if entry is not None]
        self._lanes += found
        for share in RUNGS if len(found) > FINALISTS else ():
            self._advance(found, [seed], max(int(steps * share), 1))
            found = self._half([self._placebo, *found])[1:]
        self._advance(found, [seed], steps)
        return found

    def _to_prove(self, lanes: Sequence[_Lane]) -> list[_Lane]:
        """The placebo, the best arm, and the smallest of those about as good."""
        placebo = lanes[0].summary()
        others = [lane for lane in lanes[1:] if lane.arm.error is None]
        best = sorted(others, key=lambda lane: lane.score)[:FINALISTS]
        gains = {id(lane): gain_over(placebo, lane.summary()) for lane in others}
        top = max(gains.values(), default=0.0)
        as_good = [lane for lane in others if gains[id(lane)] >= AS_GOOD * top]
        small = sorted(as_good, key=lambda lane: len(lane.arm.treatments))[:1]
        return [lanes[0], *(lane for lane in others if lane in best or lane in small)]

    def result(self) -> Trial:
        """What has been shown up to now."""
        arms = [lane.summary(finalist=lane.arm.name in self._finalists) for lane in self._lanes]
        outcome, winner = outcome_of(arms[0], arms[1:], len(self._seeds), stopped=self.stopped)
        unfinished = outcome is Outcome.UNFINISHED
        leader = leader_of(arms[0], arms[1:]) if unfinished else None
        return Trial(
            arms=tuple(arms),
            outcome=outcome,
            leader=leader.name if leader else None,
            reason="",
            winner=winner.name if winner else None,
            trivial=self._placebo.trivial,
            budget_steps=self._budget.steps,
            seconds=round(self._budget.spent, 1),
        )

    def model_of(self, name: str) -> keras.Model:
        """Return the trained model of an arm, of its best seed."""
        lane = next(lane for lane in self._lanes if lane.arm.name == name)
        seed = min(lane.runs.values(), key=lambda run: run.score).seed
        model = lane.entry.build(seed)
        weights = self._executor.weights_of(lane.way(seed))
        if weights is not None:
            model.set_weights(weights)
        return model


def _groups(tried: Sequence[_Lane]) -> list[list[str]]:
    """Names to try together: the best for each root cause, two, three, and with the controls.

    Where two causes each spoil the training, every cure alone looks useless, and to rank them
    is to draw lots. Of a treatment that was tried in several strengths the best takes part.
    """
    ranked = sorted(tried, key=lambda lane: lane.score)
    best = {lane.arm.treatments: lane for lane in reversed(ranked)}
    singles = [lane for lane in ranked if lane in best.values() and not lane.control]
    controls = [lane for lane in tried if lane.control]
    each = _one_per_cause(singles)
    together = [each, singles[:2], singles[:3]]
    steps = [
        [*few, control]
        for control in controls
        for few in (singles[:1], singles[1:2], singles[:2], each)
    ]
    groups = [group for group in together if len(group) > 1] + [g for g in steps if len(g) > 1]
    named = [[lane.arm.name for lane in tried if lane in group] for group in groups]
    return [list(names) for names in dict.fromkeys(map(tuple, named))]


def _one_per_cause(ranked: Sequence[_Lane]) -> list[_Lane]:
    """The best lane for every finding that was prescribed for."""
    best: dict[str, _Lane] = {}
    for lane in ranked:
        for code in lane.entry.answers:
            best.setdefault(code, lane)
    return [lane for lane in ranked if lane in best.values()]


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:120] if lines else type(error).__name__
