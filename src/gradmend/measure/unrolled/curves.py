"""From the gradients of taps to curves over the real steps, aligned at their end."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from gradmend.measure._adapter import Array
from gradmend.records.unrolled import USABLE


def step_sizes(gradient: Any) -> Any:
    """Return, per sample and step, the largest magnitude and the sum of squares of g / largest.

    `gradient` has shape (batch, steps, ...); the result (2, batch, steps). Squares of
    numbers below 1e-19 underflow in float32, so both parts leave the device apart.
    """
    gradient = ops.reshape(gradient, (gradient.shape[0], gradient.shape[1], -1))
    clean = ops.where(ops.isfinite(gradient), gradient, ops.zeros_like(gradient))
    largest = ops.max(ops.abs(clean), axis=-1, keepdims=True)
    safe = ops.where(largest > 0, largest, ops.ones_like(largest))
    square = ops.sum(ops.square(clean / safe), axis=-1)
    return ops.stack([ops.squeeze(largest, -1), square])


def norms_of(sizes: Array, scale: float) -> Array:
    """Return the L2 norm per sample and step in float64, with the scale of the loss divided out.

    Example:
        >>> norms_of(np.array([[[3e-30]], [[4.0]]]), 1e-10).round(25)
        array([[6.e-20]])
    """
    largest, square = np.asarray(sizes, np.float64)
    found: Array = largest * np.sqrt(square) / scale
    return found


def mean_curve(norms: Array, mask: Array | None) -> Array:
    """Return the root mean square over samples, per real step counted from the end.

    Args:
        norms: (samples, steps), in the order in which the layer reads.
        mask: (samples, steps), true where a step is real; None when all are.

    Returns:
        One value per real step of the longest sample; the last is the last real step.

    Example:
        >>> norms = np.array([[1.0, 3.0, 0.0], [2.0, 4.0, 4.0]])
        >>> mask = np.array([[True, True, False], [True, True, True]])
        >>> mean_curve(norms, mask).round(2).tolist()
        [2.0, 2.92, 3.54]
    """
    real = np.ones(norms.shape, bool) if mask is None else np.asarray(mask, bool)
    # a stable sort on the mask moves the padding to the front and keeps the order of the rest
    order = np.argsort(real, axis=1, kind="stable")
    real = np.take_along_axis(real, order, 1)
    norms = np.where(real, np.take_along_axis(norms, order, 1), 0.0)
    length = int(real.sum(axis=1).max(initial=0))
    norms, real = norms[:, norms.shape[1] - length :], real[:, real.shape[1] - length :]
    largest = norms.max(axis=0, initial=0.0)
    safe = np.where(largest > 0, largest, 1.0)
    square = np.square(norms / safe).sum(axis=0) / np.maximum(real.sum(axis=0), 1)
    found: Array = largest * np.sqrt(square)
    return found


def joined(curves: list[Array]) -> Array:
    """Return the norm of several states together, step by step."""
    stacked = np.stack(curves)
    largest = stacked.max(axis=0)
    safe = np.where(largest > 0, largest, 1.0)
    found: Array = largest * np.sqrt(np.square(stacked / safe).sum(axis=0))
    return found


def usable_share(curve: Array) -> float | None:
    """Return the share of steps whose gradient is at least `USABLE` of the largest one.

    Example:
        >>> usable_share(np.array([1e-9, 1e-2, 1.0, 0.5]))
        0.75
    """
    top = curve.max(initial=0.0)
    return float(np.mean(curve >= USABLE * top)) if top > 0 else None
