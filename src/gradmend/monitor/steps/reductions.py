"""Reductions of a gradient, a weight and its update to a row of numbers, in `keras.ops`.

Norms are kept as the largest magnitude and the sum of squares of the rest in its
units, so that neither underflows nor overflows in float32 (decision 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import ops

COLUMNS = (
    "gradient_largest",
    "gradient_square",
    "gradient_zeros",
    "gradient_nonfinite",
    "gradient_beyond",
    "weight_square",
    "update_largest",
    "update_square",
)


def reduced(
    gradients: Sequence[Any], before: Sequence[Any], after: Sequence[Any], limit: float | None
) -> Any:
    """Return a tensor of shape (weights, columns).

    Args:
        gradients: one per weight, as handed to the optimizer.
        before: the weights before the step.
        after: the weights after it.
        limit: count the entries of a gradient beyond this magnitude (None: do not).
    """
    rows = zip(gradients, before, after, strict=True)
    return ops.stack([ops.stack(_row(*row, limit)) for row in rows])


def _row(gradient: Any, before: Any, after: Any, limit: float | None) -> list[Any]:
    gradient, before, after = (_flat(value) for value in (gradient, before, after))
    finite = ops.isfinite(gradient)
    size = ops.where(finite, ops.abs(gradient), ops.zeros_like(gradient))
    largest = ops.max(size)
    change = after - before
    longest = ops.max(ops.abs(change))
    return [
        largest,
        _square(size, largest),
        _count(ops.equal(gradient, 0), size),
        _count(ops.logical_not(finite), size),
        ops.zeros_like(largest) if limit is None else _count(size > limit, size),
        _sum(ops.square(after)),
        longest,
        _square(change, longest),
    ]


def _flat(value: Any) -> Any:
    """Return a value as (rows, columns), in single precision at least."""
    if ops.dtype(value) != "float64":
        value = ops.cast(value, "float32")
    return ops.reshape(value, (-1, value.shape[-1] if len(value.shape) > 1 else 1))


def _square(value: Any, largest: Any) -> Any:
    return _sum(ops.square(value / ops.where(largest > 0, largest, ops.ones_like(largest))))


def _count(condition: Any, like: Any) -> Any:
    return _sum(ops.cast(condition, like.dtype))


def _sum(value: Any) -> Any:
    # Down the columns first: a compiler can use vector instructions for that.
    return ops.sum(ops.sum(value, axis=0))
