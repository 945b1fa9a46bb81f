"""Whether two models compute the same: by their outputs on few rows."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import tree

from gradmend.measure.batch import fixed_batch_size
from gradmend.measure.preserve import preserved
from gradmend.trials.rows import Rows

ALIKE = 1e-3  # of the largest output: processes may sum with different numbers of threads
PROBED = 8  # rows


def few(model: keras.Model, rows: Rows) -> Any:
    """Return inputs of few rows, or of as many as the model was built for."""
    wanted = fixed_batch_size(model) or PROBED
    return rows.take(np.arange(min(wanted, len(rows)))).x


def outputs(model: keras.Model, x: Any) -> list[Any]:
    """Return what a model computes, a NumPy array per output; the model is left as it is."""
    with preserved(model):
        computed = model(x, training=False)
    return [keras.ops.convert_to_numpy(leaf) for leaf in tree.flatten(computed)]


def steady(model: keras.Model, x: Any) -> bool:
    """Whether a model answers twice alike: not with noise, nor with a state it carries on."""
    with preserved(model):
        once, again = (tree.flatten(model(x, training=False)) for _ in range(2))
        once, again = (list(map(keras.ops.convert_to_numpy, leaves)) for leaves in (once, again))
    return alike(once, again)


def alike(ours: list[Any], theirs: list[Any]) -> bool:
    """Whether outputs are equal up to the rounding of another order of sums.

    Example:
        >>> alike([np.array([1.0, 2.0])], [np.array([1.0, 2.001])])
        True
        >>> alike([np.array([1.0, 2.0])], [np.array([1.0, 2.1])])
        False
    """
    shapes = [leaf.shape for leaf in ours], [leaf.shape for leaf in theirs]
    return shapes[0] == shapes[1] and all(map(_alike, ours, theirs))


def _alike(mine: Any, its: Any) -> bool:
    mine, its = mine.astype("float64"), its.astype("float64")
    size = max(float(np.nanmax(np.abs(its), initial=0.0)), 1e-6)
    return np.allclose(mine, its, rtol=0.0, atol=ALIKE * size, equal_nan=True)
