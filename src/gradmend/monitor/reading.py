"""A sampled step that is read only when somebody asks for its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gradmend.monitor.sample import Update, update_of
from gradmend.monitor.steps import Sampled
from gradmend.records.training import LayerSample

KEYS = ("grad_norm", "update_ratio", "clipped_share")


class Reading:
    """One sampled step on its way from the device."""

    def __init__(self, sampled: Sampled, *, step: int, epoch: int, seconds: float, loss: Any):
        self.sampled = sampled
        self.step, self.epoch, self.seconds = step, epoch, seconds
        self.loss = loss
        self.layers: tuple[LayerSample, ...] = ()

    @cached_property
    def update(self) -> Update | None:
        """The numbers of the step; waits for it. None when no gradient was seen."""
        return update_of(self.sampled)

    def logs(self) -> dict[str, Any]:
        """Return numbers for the logs of a step that wait only when they are looked at."""
        sampled = self.sampled
        if not sampled.updates:
            return {}
        clipping = any(clip is not None for clip in sampled.layout.clips)
        return {key: Later(self, key) for key in KEYS if clipping or key != "clipped_share"}


@dataclass(frozen=True, slots=True)
class Later:
    """A number that is read when it is turned into a float, as Keras does with all logs."""

    reading: Reading
    key: str

    def __float__(self) -> float:
        update = self.reading.update
        value = None if update is None else getattr(update, self.key)
        return float("nan") if value is None else float(value)
