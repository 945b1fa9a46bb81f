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
    clean = ops.where(finite, gradient, ops.zeros_like(gradient))
    largest = ops.max(ops.abs(clean))
    change = after - before
    longest = ops.max(ops.abs(change))
    return [
        largest,
        _square(clean, largest),
        _count(ops.equal(gradient, 0), clean),
        _count(ops.logical_not(finite), clean),
        ops.zeros_like(largest) if limit is None else _count(ops.abs(clean) > limit, clean),
        _dot(after),
        longest,
        _square(change, longest),
    ]


def _flat(value: Any) -> Any:
    """Return a value as a vector, in single precision at least."""
    if ops.dtype(value) != "float64":
        value = ops.cast(value, "float32")
    return ops.reshape(value, (-1,))


def _square(value: Any, largest: Any) -> Any:
    return _dot(value / ops.where(largest > 0, largest, ops.ones_like(largest)))


def _dot(value: Any) -> Any:
    # A product of matrices is what every backend does fastest.
    return ops.dot(value, value)


def _count(condition: Any, like: Any) -> Any:
    return ops.sum(ops.cast(condition, like.dtype))
