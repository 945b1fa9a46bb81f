"""How the steps of a training are cut: stretches that are scored, and legs that share a `fit`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

STRETCHES = 4  # they cost little in overhead and still draw a curve


@dataclass(frozen=True, kw_only=True, slots=True)
class Leg:
    """Stretches of equal size that follow each other.

    Attributes:
        first: The steps that are done before it.
        size: Steps of one stretch.
        count: How many stretches.
    """

    first: int
    size: int
    count: int

    @property
    def last(self) -> int:
        """The steps that are done after it."""
        return self.first + self.size * self.count


def legs(done: int, until: int, together: int) -> Iterator[Leg]:
    """Cut the steps after `done` up to `until`; a leg has one stretch, or `together` steps at most.

    A `fit` costs Keras up to a tenth of a second before its first step (the input pipeline of
    TensorFlow), and an epoch next to nothing: hence several stretches in one.

    Example:
        >>> [(leg.first, leg.size, leg.count) for leg in legs(0, 13, 1000)]
        [(0, 3, 4), (12, 1, 1)]
        >>> [(leg.first, leg.size, leg.count) for leg in legs(0, 12, 6)]
        [(0, 3, 2), (6, 3, 2)]
    """
    size = max((until - done) // STRETCHES, 1)
    while done + size <= until:
        count = min((until - done) // size, max(together // size, 1))
        yield Leg(first=done, size=size, count=count)
        done += size * count
    if done < until:
        yield Leg(first=done, size=until - done, count=1)
