"""All treatments that are in force: the table, and those of other packages behind it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from gradmend.plugins import TREATMENTS as GROUP
from gradmend.plugins import guarded, installed, without_taken
from gradmend.treatments._table import TREATMENTS
from gradmend.treatments._treatment import Treatment


@cache
def installed_treatments() -> tuple[Treatment, ...]:
    """Return the treatments, cheapest first, those of plug-ins last.

    Example:
        >>> installed_treatments()[: len(TREATMENTS)] == TREATMENTS
        True
    """
    theirs = installed(GROUP, Treatment)
    free = without_taken(theirs, (t.name for t in TREATMENTS), lambda treatment: treatment.name)
    return TREATMENTS + tuple(
        replace(t, prescribe=guarded(t.prescribe, f"treatment {t.name}")) for t in free
    )
