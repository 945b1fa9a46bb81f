"""How much of a model's answers is decided by the rounding of its inputs.

A float32 holds seven digits. A time in seconds since 1970, a difference of neighbours divided by a
tiny step, a sum of large numbers that cancel: there the digits that matter are gone, and what the
network is given or computes is noise.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops, tree

from gradmend.measure._adapter import Array
from gradmend.measure.batch import as_tensor
from gradmend.measure.preserve import preserved

ROWS = 32
# Of the largest answer: a spread below it is rounding itself. After 30 sigmoid layers the
# answers to different samples differ by 1e-7 of their size.
SAME = 1e-4


def rounding_share(model: keras.Model, x: Any) -> float | None:
    """Return how far the answers move when every input moves to the next float32.

    Args:
        model: A built model. It is left bit-for-bit as it was.
        x: A batch of inputs, in any structure; its first 32 rows are used.

    Returns:
        The RMS of the change over the standard deviation of the answers between samples, in
        inference mode: 1e-7 to 1e-4 for usual networks, 1 where rounding decides. None where no
        input is float32, answers are drawn at random or do not differ from sample to sample.

    Example:
        >>> import keras, numpy as np
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Rescaling(1.0, -1.7e9)])
        >>> seconds = 1.7e9 + np.arange(0.0, 4096.0, 128.0)[:, None]
        >>> round(rounding_share(model, seconds), 2)
        0.11

    References:
        Goldberg (1991), What every computer scientist should know about floating-point
        arithmetic, section 1.4 (cancellation).
    """
    if keras.config.floatx() != "float32":
        return None
    given = tree.map_structure(_first_rows, x)
    moved = tree.map_structure(_next, given)
    if all(a is b for a, b in zip(tree.flatten(given), tree.flatten(moved), strict=True)):
        return None
    first, again, other = (_answers(model, inputs) for inputs in (given, given, moved))
    if not np.array_equal(first, again):
        return None
    spread = float(np.sqrt(np.mean(np.var(first, axis=0))))
    if not spread > SAME * np.abs(first).max():
        return None
    share = float(np.sqrt(np.mean((other - first) ** 2))) / spread
    return share if np.isfinite(share) else None


def _first_rows(leaf: Any) -> Any:
    if leaf is None:
        return None
    array = np.asarray(ops.convert_to_numpy(leaf))[:ROWS]
    return array.astype("float32") if array.dtype == np.float64 else array


def _next(leaf: Any) -> Any:
    return np.nextafter(leaf, np.float32(np.inf)) if _is_float32(leaf) else leaf


def _is_float32(leaf: Any) -> bool:
    return leaf is not None and leaf.dtype == np.float32


def _answers(model: keras.Model, x: Any) -> Array:
    """All answers, a row per sample; the random states are the same for each call."""
    tensors = tree.map_structure(as_tensor, x)
    kwargs = {"training": False} if model._call_has_training_arg else {}
    with preserved(model):
        leaves = tree.flatten(model(tensors, **kwargs))
        arrays = [np.asarray(ops.convert_to_numpy(ops.stop_gradient(leaf))) for leaf in leaves]
    return np.concatenate([a.reshape(len(a), -1).astype(np.float64) for a in arrays], axis=1)
