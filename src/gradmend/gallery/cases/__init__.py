"""Real programs that did not learn, as their authors asked about them, on bundled data."""

from __future__ import annotations

from gradmend.gallery.cases import asked, published
from gradmend.gallery.cases._case import RealCase

__all__ = ["CASES", "RealCase"]

CASES: tuple[RealCase, ...] = (*asked.CASES, *published.CASES)
