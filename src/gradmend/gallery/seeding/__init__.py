"""Puts the faults of real programs into healthy ones: patients with a known answer, without end.

A fault does not make a patient sick by itself: some networks learn in spite of it. Whoever
counts must train the patient beside its healthy twin, and see who learned.
"""

from __future__ import annotations

from gradmend.gallery.seeding._base import Base
from gradmend.gallery.seeding._fault import Fault, Seeded, split_of
from gradmend.gallery.seeding.bases import BASES
from gradmend.gallery.seeding.faults import FAULTS

__all__ = ["BASES", "FAULTS", "Base", "Fault", "Seeded", "seeded_patients", "split_of"]


def seeded_patients() -> tuple[Seeded, ...]:
    """Every fault in every base; many have no place there, which `build` tells by None.

    Example:
        >>> len(seeded_patients()) == len(BASES) * len(FAULTS)
        True
    """
    return tuple(Seeded(base=base, fault=fault) for fault in FAULTS for base in BASES)
