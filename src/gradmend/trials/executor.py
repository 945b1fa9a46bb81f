"""Who trains the arms: one after another in this process, or several at once elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gradmend.records import Run
from gradmend.trials.entry import Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """An arm's way from one seed: the steps at which it stops, the last of them still to reach.

    `run` is how far it has come. `reference` is the loss that scores are shares of where no
    constant prediction can be formed; None before it was measured.
    """

    entry: Entry
    run: Run
    path: tuple[int, ...]
    reference: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """How a way ended: the run, or the error that ended it."""

    run: Run
    error: Exception | None = None
    trivial: float | None = None
    reference: float | None = None


# Is told the number of a way and its run, at the start and after every stretch.
Keep = Callable[[int, Run], None]


class Executor(Protocol):
    """Runs ways. What comes out depends on the ways alone, not on who runs them."""

    def advance(
        self, ways: Sequence[Way], *, over: Callable[[], bool], keep: Keep
    ) -> Iterator[tuple[int, Arrival]]:
        """Yield every way's number and how it ended; none for those not begun in time."""
        ...

    def weights_of(self, way: Way) -> list[Any] | None:
        """The best weights that were seen on a way, None when there are none."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...
