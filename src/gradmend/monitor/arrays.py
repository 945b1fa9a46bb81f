"""A batch out of arrays, without touching the iterator that feeds the training.

Rows are drawn over the whole array, one from each of equally wide stretches, so
that neither sorted labels nor labels that repeat in a cycle give a batch of one class. The
first rows that hold NaN or infinity are among them.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras.src.trainers.data_adapters.array_data_adapter import (
    ArrayDataAdapter,
    can_convert_arrays,
)

from gradmend.measure.broken_rows import broken_rows, with_broken
from gradmend.monitor.batch import Batch, samples_in
from gradmend.monitor.order import batch_variety

MOST_NUMBERS_PER_SAMPLE = 4096
MOST_SAMPLES = 256
MOST_TARGET_ROWS = 20_000
MOST_TARGET_NUMBERS = 4_000_000
KERAS_BATCH_SIZE = 32


def batch_from_arrays(arguments: Mapping[str, Any]) -> Batch | None:
    """Return a batch out of the arguments of `fit`, None when its data are no arrays.

    The weights of `class_weight` become sample weights, and dtypes are converted, by
    Keras' own adapter.
    """
    data = (arguments["x"], arguments["y"], arguments["sample_weight"])
    if arguments["x"] is None or not can_convert_arrays(data):
        return None
    rows = training_rows(arguments)
    fit_batch_size = _fit_batch_size(arguments, rows)
    x, y, weight = _take(data, rows, _sample_size(data[0], fit_batch_size), arguments)
    _, *targets = _take(data, rows, _target_size(data[1]), arguments) if y is not None else data
    return Batch(
        x=x,
        y=y,
        sample_weight=weight,
        size=samples_in(x),
        fit_batch_size=fit_batch_size,
        target_rows=(targets[0], targets[1]),
        variety=batch_variety(arguments, rows, fit_batch_size),
    )


def training_rows(arguments: Mapping[str, Any]) -> int:
    """Return how many samples `fit` trains on, those for validation left out."""
    rows = samples_in(arguments["x"])
    split = float(arguments["validation_split"] or 0.0)
    if split and arguments["validation_data"] is None:
        return int(rows * (1.0 - split))
    return rows


def spread(rows: int, size: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return `size` ascending row numbers, one from each of `size` equal stretches.

    Example:
        >>> spread(3, 8)
        array([0, 1, 2])
        >>> len(spread(1000, 10))
        10
    """
    if size >= rows:
        return np.arange(rows)
    places = np.random.Generator(np.random.PCG64(0)).random(size)
    return np.minimum(((np.arange(size) + places) * (rows / size)).astype(np.int64), rows - 1)


def _fit_batch_size(arguments: Mapping[str, Any], rows: int) -> int:
    steps = arguments["steps_per_epoch"]
    return int(arguments["batch_size"] or (math.ceil(rows / steps) if steps else KERAS_BATCH_SIZE))


def _sample_size(x: Any, fit_batch_size: int) -> int:
    return max(fit_batch_size, MOST_SAMPLES if _numbers(x) <= MOST_NUMBERS_PER_SAMPLE else 0)


def _target_size(y: Any) -> int:
    return max(1, min(MOST_TARGET_ROWS, MOST_TARGET_NUMBERS // max(_numbers(y), 1)))


def _numbers(data: Any) -> int:
    """Count the numbers in one sample."""
    leaves = (leaf for leaf in keras.tree.flatten(data) if leaf is not None)
    return int(sum(math.prod(leaf.shape[1:]) for leaf in leaves))


def _take(data: Any, rows: int, size: int, arguments: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    chosen = with_broken(spread(rows, size), broken_rows(data, rows))
    x, y, weight = keras.tree.map_structure(lambda leaf: rows_of(leaf, chosen), data)
    adapter = ArrayDataAdapter(
        x,
        y,
        sample_weight=weight,
        class_weight=arguments["class_weight"],
        batch_size=len(chosen),
        shuffle=False,
    )
    taken: tuple[Any, Any, Any] = keras.utils.unpack_x_y_sample_weight(
        next(iter(adapter.get_numpy_iterator()))
    )
    return taken


def rows_of(leaf: Any, chosen: np.ndarray[Any, np.dtype[np.int64]]) -> Any:
    """Return some rows of an array, tensor or table."""
    if leaf is None:
        return None
    if hasattr(leaf, "iloc"):  # pandas
        return leaf.iloc[chosen]
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and tensorflow.is_tensor(leaf):
        return tensorflow.gather(leaf, chosen)
    return leaf[chosen]
