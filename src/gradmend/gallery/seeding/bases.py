"""All healthy programs, in one table."""

from __future__ import annotations

from gradmend.gallery.seeding import bases_graphs, bases_images, bases_sequences, bases_tables
from gradmend.gallery.seeding._base import Base

BASES: tuple[Base, ...] = (
    *bases_tables.BASES,
    *bases_images.BASES,
    *bases_sequences.BASES,
    *bases_graphs.BASES,
)
