"""Turn whatever Keras accepts as data into one batch of backend tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops, tree
from keras.src.trainers.data_adapters import data_adapter_utils, get_data_adapter

from gradmend.errors import DataError, teach
from gradmend.measure.broken_rows import broken_rows, with_broken
from gradmend.measure.preserve import random_states, restore_random_states
from gradmend.measure.step import Batch

# A unit that is zero on this many samples is dead, not unlucky (science: trap of small batches).
ENOUGH_SAMPLES = 256


def batches_of(
    x: Any, y: Any = None, sample_weight: Any = None, *, batch_size: int | None = None
) -> Iterator[Batch]:
    """Yield batches of backend tensors from arrays, datasets, loaders or generators.

    Arrays give batches that are spread evenly over all rows, so that data sorted by
    label still shows every class, with the first rows that are not finite among them; other
    data is taken as it comes.

    Raises:
        DataError: nothing Keras could train on, or an empty batch.
    """
    if _are_arrays(x, y, sample_weight):
        yield from _spread(x, y, sample_weight, batch_size or ENOUGH_SAMPLES)
        return
    yield from _drawn_apart(_adapted(x, y, sample_weight, batch_size))


def fixed_batch_size(model: Any) -> int | None:
    """Return the number of rows that a model was built for, None where any number will do.

    A stateful recurrent network keeps a state for each row of `Input(batch_shape=(4, ...))`.
    """
    shapes = [tensor.shape for tensor in getattr(model, "inputs", None) or []]
    sizes = {shape[0] for shape in shapes if len(shape) and shape[0] is not None}
    return int(min(sizes)) if sizes else None


def _drawn_apart(stream: Iterator[Batch]) -> Iterator[Batch]:
    """Give the data random states of its own: a loader that shuffles draws from the user's."""
    inside = random_states()
    while True:
        outside = random_states()
        restore_random_states(inside)
        try:
            batch = next(stream, None)
        finally:
            inside = random_states()
            restore_random_states(outside)
        if batch is None:
            return
        yield batch


def _are_arrays(*data: Any) -> bool:
    leaves = [leaf for leaf in tree.flatten(data) if leaf is not None]
    return bool(leaves) and all(
        hasattr(leaf, "shape") and hasattr(leaf, "__array__") and len(leaf.shape) > 0
        for leaf in leaves
    )


def _spread(x: Any, y: Any, sample_weight: Any, wanted: int) -> Iterator[Batch]:
    rows = {len(leaf) for leaf in tree.flatten((x, y, sample_weight)) if leaf is not None}
    if len(rows) > 1:
        raise DataError(_unequal(x, y, sample_weight))
    total = rows.pop()
    if total == 0:
        raise DataError(_empty("arrays with 0 rows"))
    size = min(wanted, total)
    broken = broken_rows((x, y, sample_weight), total)
    for first in range(max(total // size, 1)):
        index = (np.linspace(0, total - 1, size).astype(int) + first) % total
        index = index if first else with_broken(index, broken)
        yield _tensors(*(_rows(part, index) for part in (x, y, sample_weight)))


def _rows(data: Any, index: Any) -> Any:
    return tree.map_structure(lambda leaf: None if leaf is None else np.asarray(leaf)[index], data)


def _adapted(x: Any, y: Any, sample_weight: Any, batch_size: int | None) -> Iterator[Batch]:
    try:
        adapter = get_data_adapter(x, y, sample_weight, batch_size=batch_size)
    except (ValueError, TypeError) as error:
        if "empty generator" in str(error):
            raise DataError(_empty("a generator without batches")) from error
        raise DataError(_unknown(x, error)) from error
    found = False
    for item in adapter.get_numpy_iterator():
        found = True
        yield _tensors(*data_adapter_utils.unpack_x_y_sample_weight(item))
    if not found:
        raise DataError(_empty(f"a {type(x).__name__} without batches"))


def _tensors(x: Any, y: Any, sample_weight: Any) -> Batch:
    x, y, sample_weight = (tree.map_structure(as_tensor, part) for part in (x, y, sample_weight))
    leaves = [leaf for leaf in tree.flatten(x) if leaf is not None]
    if not leaves or leaves[0].shape[0] == 0:
        raise DataError(_empty("a batch with 0 samples"))
    return Batch(x, y, sample_weight, int(leaves[0].shape[0]))


def as_tensor(leaf: Any) -> Any:
    """Return a leaf of the data as a tensor, floats in the default type of Keras."""
    if leaf is None:
        return None
    dtype = keras.backend.standardize_dtype(leaf.dtype) if hasattr(leaf, "dtype") else None
    if dtype in ("float64", "float32", "float16"):
        # as Keras' array adapter does
        return ops.convert_to_tensor(leaf, dtype=keras.config.floatx())
    return ops.convert_to_tensor(leaf)


def _empty(received: str) -> str:
    return teach(
        "there is nothing to measure: the batch is empty.",
        expected="at least one sample, better 256 (dead units cannot be told on a few)",
        received=received,
        means="a filter or a split left nothing over, or the generator had already run out.",
        attempt="print the shapes of what you pass: x.shape, y.shape.",
    )


def _unequal(x: Any, y: Any, sample_weight: Any) -> str:
    shapes = tree.map_structure(
        lambda leaf: None if leaf is None else tuple(leaf.shape), (x, y, sample_weight)
    )
    return teach(
        "x, y and sample_weight do not have the same number of rows.",
        expected="arrays that agree in their first axis",
        received=f"x: {shapes[0]}, y: {shapes[1]}, sample_weight: {shapes[2]}",
        means="x and y were split or filtered separately.",
        attempt="apply the same index to both, e.g. x[keep], y[keep].",
    )


def _unknown(x: Any, error: Exception) -> str:
    return teach(
        "this data cannot be read.",
        expected="arrays, a tf.data.Dataset, a PyDataset, a torch DataLoader or a generator",
        received=f"x of type {type(x).__name__} ({str(error).splitlines()[0]})",
        means="lists of numbers must be arrays, and y belongs inside a dataset, not beside it.",
        attempt="np.asarray(x), np.asarray(y); or pass the dataset alone.",
    )
