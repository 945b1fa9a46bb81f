"""How much of the variety of the targets one batch of the training holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

MOST_NUMBERS = 4_000_000


def batch_variety(arguments: Mapping[str, Any], rows: int, batch_size: int) -> float | None:
    """Return the variance of the targets within the batches of `fit`, over that of all rows.

    About 1 - 1/batch_size for shuffled rows, 0 where every batch holds one class. Of several
    targets the one that varies most within counts. None where `fit` shuffles, where nothing
    varies, and where reading all targets would cost too much.
    """
    if arguments.get("shuffle", True) or arguments["y"] is None or batch_size >= rows:
        return None
    leaves = [leaf for leaf in keras.tree.flatten(arguments["y"]) if leaf is not None]
    found = [_variety(leaf, rows, batch_size) for leaf in leaves]
    return max((share for share in found if share is not None), default=None)


def _variety(leaf: Any, rows: int, size: int) -> float | None:
    if math.prod(leaf.shape) > MOST_NUMBERS:
        return None
    target = keras.ops.convert_to_numpy(leaf)[:rows]  # it may stand on a device
    if target.dtype.kind not in "biuf":
        return None
    flat = target.reshape(len(target), -1).astype("float64")
    whole = flat.var(axis=0).sum()
    if not np.isfinite(whole) or whole <= 0.0:
        return None
    parts = [flat[first : first + size] for first in range(0, len(flat), size)]
    within = sum(len(part) * part.var(axis=0).sum() for part in parts) / len(flat)
    return float(within / whole)
