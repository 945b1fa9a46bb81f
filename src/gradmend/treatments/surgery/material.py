"""What an operation may look at beside the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradmend.records.measurements import Measurements


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """The measurements that led to the prescription, training data, and a seed.

    `x` and `y` are arrays (or structures of arrays) of training rows: means and spreads
    are taken from them, never from validation data. New weights are drawn from `seed`.
    """

    measurements: Measurements
    x: Any = None
    y: Any = None
    seed: int = 0

    def seed_for(self, number: int) -> int:
        """A seed of its own for the layer of this number."""
        return (self.seed * 7919 + number * 104729 + 13) % 2**31
