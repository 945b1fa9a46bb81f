"""Numbers and names as every message writes them."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

MAX_NAMES = 3


def number(value: float) -> str:
    """Write a number with two digits that matter: 0.036, 7.8, 1.2e-08, 1.3e+06.

    Example:
        >>> number(7.81), number(0.0361), number(1.23e-8), number(120.0)
        ('7.8', '0.036', '1.2e-08', '120')
    """
    if not isfinite(value):
        return str(value)
    if value == 0.0:
        return "0"
    if 1e-3 <= abs(value) < 100:
        return f"{value:.2g}"
    return f"{value:.0f}" if 100 <= abs(value) < 1e5 else f"{value:.1e}"


def percent(share: float) -> str:
    """Write a share in 0..1 as a percentage without decimals."""
    return f"{100 * share:.0f} %"


def named(paths: Sequence[str]) -> str:
    """Quote the first few names and count the others.

    Example:
        >>> named(["a", "b", "c", "d", "e"])
        "'a', 'b', 'c' and 2 more"
    """
    shown = ", ".join(f"'{path}'" for path in paths[:MAX_NAMES])
    rest = len(paths) - MAX_NAMES
    return f"{shown} and {rest} more" if rest > 0 else shown
