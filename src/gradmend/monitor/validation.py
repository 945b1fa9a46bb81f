"""The targets that a `fit` is validated on, where they lie in memory and all weigh the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras.src.trainers.data_adapters.array_data_adapter import can_convert_arrays

from gradmend.monitor.arrays import MOST_TARGET_ROWS, rows_of, spread, training_rows
from gradmend.monitor.batch import samples_in


def validation_targets(arguments: Mapping[str, Any]) -> Any:
    """Return the targets of `validation_data` or `validation_split`, in the structure of `y`.

    At most 20 000 rows, spread evenly. None where the data are no arrays, or have weights.
    """
    data = arguments["validation_data"]
    if data is not None:
        pair = isinstance(data, list | tuple) and len(data) == 2
        return _taken(data[1], 0) if pair else None
    if not arguments["validation_split"] or arguments["sample_weight"] is not None:
        return None
    return _taken(arguments["y"], training_rows(arguments))


def _taken(y: Any, first: int) -> Any:
    if y is None or not can_convert_arrays((y,)):
        return None
    chosen = first + spread(samples_in(y) - first, MOST_TARGET_ROWS)
    return keras.tree.map_structure(lambda leaf: rows_of(leaf, chosen), y)
