"""Which steps are sampled: every one at first, then ever fewer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gradmend.errors import UsageError, teach

DENSE_STEPS = 16
STRIDE = 40
THINNING = 64
STALE_STEPS = 100

Frequency = int | Literal["auto", "batch", "epoch"]


@dataclass(slots=True)
class Schedule:
    """Says for each step whether it is sampled, and whether its numbers are kept for good.

    `frequency` is "batch", "epoch" (the first step of each), a number of steps, or
    "auto": the first 16 steps, then every 40th, and beyond 2560 steps every 1/64 of
    the way, so that a run of a million steps keeps about 500 samples. With "auto" an
    epoch also samples its first step when nothing was for 100 steps; those serve the
    logs and are not kept.

    Example:
        >>> schedule = Schedule("auto")
        >>> [n for n in range(1, 99) if schedule.due(n) and schedule.keeps(n)][-4:]
        [15, 16, 56, 96]
    """

    frequency: Frequency = "auto"
    _next: int = 1
    _latest: int = 0
    _epoch_begins: bool = field(default=True)

    def __post_init__(self) -> None:
        if self.frequency in ("auto", "batch", "epoch"):
            return
        if isinstance(self.frequency, bool) or not isinstance(self.frequency, int):
            raise UsageError(_not_a_frequency(self.frequency))
        if self.frequency < 1:
            raise UsageError(_not_a_frequency(self.frequency))

    def begin_epoch(self) -> None:
        """Note that the next step is the first of an epoch."""
        self._epoch_begins = True

    def due(self, step: int) -> bool:
        """Tell whether the step with this number (from 1, ascending) is sampled."""
        first, self._epoch_begins = self._epoch_begins, False
        if self.frequency == "epoch":
            sampled = first
        else:
            stale = self.frequency == "auto" and step - self._latest >= STALE_STEPS
            sampled = step >= self._next or (first and stale)
        if sampled:
            self._latest = step
        return sampled

    def keeps(self, step: int) -> bool:
        """Tell whether the numbers of a sampled step are kept, and plan the next such step."""
        if self.frequency == "epoch":
            return True
        if step < self._next:
            return False
        self._next = step + self._stride(step)
        return True

    def _stride(self, step: int) -> int:
        if self.frequency == "batch":
            return 1
        if isinstance(self.frequency, int):
            return self.frequency
        return 1 if step < DENSE_STEPS else max(STRIDE, step // THINNING)


def _not_a_frequency(received: object) -> str:
    return teach(
        "update_freq must say how often to sample.",
        expected='"auto", "batch", "epoch" or a number of steps from 1',
        received=repr(received),
        means="a frequency of 0, a fraction, or a misspelt word.",
        attempt='GradientMonitor(update_freq="auto")',
    )
