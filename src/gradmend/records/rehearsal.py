"""A few optimizer steps taken on copies, on the measured batch."""

from __future__ import annotations

from dataclasses import dataclass

from gradmend.records.signals import LayerCall, WeightSignal


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsal:
    """The second look: does the loss of this very batch fall when it is trained on?

    `losses[k]` is the data loss after k steps (`losses[0]` is before any step), so
    `losses[1]` against `losses[0]` tells whether one step overshoots. `calls` and
    `weights` are the signals after the last step. Rehearsal is evidence about the
    step and the path of the gradient, not about generalisation.
    """

    losses: tuple[float, ...]
    calls: tuple[LayerCall, ...] = ()
    weights: tuple[WeightSignal, ...] = ()

    @property
    def steps(self) -> int:
        """Number of steps taken."""
        return max(len(self.losses) - 1, 0)
