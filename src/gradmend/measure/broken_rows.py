"""Rows of arrays that hold NaN or infinity: a sample of the rows would mostly miss them."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import tree

MOST_ROWS = 4  # of the batch: enough to be seen, few enough to leave the rest measurable
MOST_NUMBERS = 100_000_000  # about a tenth of a second; beyond it nothing is searched
CHUNK = 1_000_000  # numbers looked at together, so that a mapped file is not read into memory

Rows = np.ndarray[Any, np.dtype[np.int64]]


def broken_rows(data: Any, rows: int) -> Rows:
    """Return the first few of `rows` rows in which any floating array is not finite, ascending.

    Args:
        data: Arrays in any structure; what is no NumPy array or pandas table is passed over.
        rows: How many rows count, from the first.

    Example:
        >>> broken_rows((np.array([[1.0], [np.nan], [3.0]]), None), 3)
        array([1])
    """
    arrays = [array for leaf in tree.flatten(data) if (array := _floating(leaf)) is not None]
    if sum(array.size for array in arrays) > MOST_NUMBERS:
        return np.array([], np.int64)
    found = [row for array in arrays for row in _broken(array[:rows])]
    return np.array(sorted(set(found))[:MOST_ROWS], np.int64)


def with_broken(chosen: Rows, broken: Rows) -> Rows:
    """Put the broken rows in the place of as many others, in ascending order.

    Example:
        >>> with_broken(np.array([0, 10, 20]), np.array([5]))
        array([ 5, 10, 20])
    """
    missing = np.setdiff1d(broken, chosen)[: len(chosen)]
    sound = np.flatnonzero(~np.isin(chosen, broken))
    kept = np.delete(chosen, sound[: len(missing)])
    return np.sort(np.concatenate([missing, kept])) if missing.size else chosen


def _floating(leaf: Any) -> Any:
    array = leaf.to_numpy() if hasattr(leaf, "iloc") else leaf
    fits = isinstance(array, np.ndarray) and array.ndim > 0 and array.dtype.kind == "f"
    return array if fits else None


def _broken(array: Any) -> list[int]:
    found: list[int] = []
    step = max(CHUNK * len(array) // max(array.size, 1), 1)
    for first in range(0, len(array), step):
        part = array[first : first + step]
        finite = np.isfinite(part).reshape(len(part), -1).all(axis=1)
        found += [first + int(row) for row in np.flatnonzero(~finite)[:MOST_ROWS]]
        if len(found) >= MOST_ROWS:
            break
    return found[:MOST_ROWS]
