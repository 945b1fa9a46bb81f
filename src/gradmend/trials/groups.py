"""Which arms are tried together, where none is enough alone."""

from __future__ import annotations

from collections.abc import Sequence

from gradmend.trials.lane import Lane


def groups(tried: Sequence[Lane]) -> list[list[str]]:
    """Names to try together: the best for each root cause, two, three, and with the controls.

    Where two causes each spoil the training, every cure alone looks useless, and to rank them
    is to draw lots: so the best meets the third as well as the second. Of a treatment that was
    tried in several strengths the best takes part.
    """
    ranked = sorted(tried, key=lambda lane: lane.score)
    best = {lane.arm.treatments: lane for lane in reversed(ranked)}
    singles = [lane for lane in ranked if lane in best.values() and not lane.control]
    controls = [lane for lane in tried if lane.control]
    each = _one_per_cause(singles)
    with_third = [*singles[:1], *singles[2:3]]
    together = [each, singles[:2], with_third, singles[:3]]
    steps = [
        [*few, control]
        for control in controls
        for few in (singles[:1], singles[1:2], singles[:2], with_third, each)
    ]
    several = [group for group in (*together, *steps) if len(group) > 1]
    named = [[lane.arm.name for lane in tried if lane in group] for group in several]
    return [list(names) for names in dict.fromkeys(map(tuple, named))]


def _one_per_cause(ranked: Sequence[Lane]) -> list[Lane]:
    """The best lane for every finding that was prescribed for."""
    best: dict[str, Lane] = {}
    for lane in ranked:
        for code in lane.entry.answers:
            best.setdefault(code, lane)
    return [lane for lane in ranked if lane in best.values()]
