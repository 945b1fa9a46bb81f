"""What real programs get wrong, one function per mistake, in one table."""

from __future__ import annotations

from gradmend.gallery.seeding._fault import Fault
from gradmend.gallery.seeding.faults import data, heads, layers, steps, weights

__all__ = ["FAULTS"]

FAULTS: tuple[Fault, ...] = (
    *heads.FAULTS,
    *data.FAULTS,
    *steps.FAULTS,
    *layers.FAULTS,
    *weights.FAULTS,
)
