"""Reductions of a gradient, a weight and its update to a row of numbers, in `keras.ops`.

Norms are kept as a size and the sum of squares in its units. Usually the squares stand for
themselves; where float32 would lose them to underflow or overflow, or something is not finite,
all weights are reduced again with the largest magnitude as the size (decision 7).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from keras import ops

COLUMNS = (
    "gradient_largest",
    "gradient_square",
    "gradient_zeros",
    "gradient_nonfinite",
    "gradient_beyond",
    "weight_square",
    "update_size",
    "update_square",
)

QUICK = (
    "gradient_largest",
    "gradient_square",
    "gradient_zeros",
    "gradient_beyond",
    "weight_square",
    "update_square",
)
Quick = Callable[[Any, Any, Any, float | None], list[Any]]

# A sum of float32 squares between these has lost nothing that would show in it.
LEAST_SQUARE = 1e-25
MOST_SQUARE = 1e30


def reduced(
    gradients: Sequence[Any],
    before: Sequence[Any],
    after: Sequence[Any],
    limit: float | None,
    quick: Quick | None = None,
) -> Any:
    """Return a tensor of shape (weights, columns).

    `gradient_square` is in units of `gradient_largest`, `update_square` in units of
    `update_size`.

    Args:
        gradients: one per weight, as handed to the optimizer.
        before: the weights before the step.
        after: the weights after it.
        limit: count the entries of a gradient beyond this magnitude (None: do not).
        quick: returns the numbers `QUICK` of one weight, where a backend has a cheaper way.
    """
    rows = list(zip(gradients, before, after, strict=True))
    numbers = ops.stack([ops.stack((quick or _quick)(*row, limit)) for row in rows])
    columns = {name: numbers[:, place] for place, name in enumerate(QUICK)}
    return ops.cond(
        ops.all(_lossless(columns)),
        lambda: _in_units(columns),
        lambda: ops.stack([ops.stack(_careful(*row, limit)) for row in rows]),
    )


def _quick(gradient: Any, before: Any, after: Any, limit: float | None) -> list[Any]:
    """Return the numbers `QUICK`: plain squares, in as few passes as there can be."""
    gradient, before, after = _flat(gradient), _flat(before), _flat(after)
    return [
        ops.max(ops.abs(gradient)),
        _dot(gradient),
        _count(ops.equal(gradient, 0), gradient),
        _beyond(gradient, limit),
        _dot(after),
        _dot(after - before),
    ]


def _lossless(columns: dict[str, Any]) -> Any:
    largest, gradient = columns["gradient_largest"], columns["gradient_square"]
    update = columns["update_square"]
    # NaN fails every comparison; a weight that rests has neither gradient nor update.
    still = ops.logical_and(ops.equal(largest, 0), ops.equal(update, 0))
    return ops.logical_or(
        ops.logical_and(still, ops.equal(gradient, 0)),
        ops.logical_and(_within_range(gradient), _within_range(update)),
    )


def _within_range(square: Any) -> Any:
    return ops.logical_and(square > LEAST_SQUARE, square < MOST_SQUARE)


def _in_units(columns: dict[str, Any]) -> Any:
    largest = _or_one(columns["gradient_largest"])
    zeros = ops.zeros_like(largest)
    known = {
        **columns,
        "gradient_square": columns["gradient_square"] / largest / largest,
        "gradient_nonfinite": zeros,
        "update_size": zeros + 1,
    }
    return ops.stack([known[name] for name in COLUMNS], axis=1)


def _careful(gradient: Any, before: Any, after: Any, limit: float | None) -> list[Any]:
    """Return a row whose squares neither underflow nor overflow, without what is not finite."""
    gradient, before, after = _flat(gradient), _flat(before), _flat(after)
    finite = ops.isfinite(gradient)
    clean = ops.where(finite, gradient, ops.zeros_like(gradient))
    largest = ops.max(ops.abs(clean))
    change = after - before
    longest = ops.max(ops.abs(change))
    return [
        largest,
        _dot(clean / _or_one(largest)),
        _count(ops.equal(gradient, 0), clean),
        _count(ops.logical_not(finite), clean),
        _beyond(clean, limit),
        _dot(after),
        longest,
        _dot(change / _or_one(longest)),
    ]


def _flat(value: Any) -> Any:
    """Return a value as a vector, in single precision at least."""
    if ops.dtype(value) != "float64":
        value = ops.cast(value, "float32")
    return ops.reshape(value, (-1,))


def _or_one(size: Any) -> Any:
    return ops.where(size > 0, size, ops.ones_like(size))


def _dot(value: Any) -> Any:
    # A product of matrices is what every backend does fastest.
    return ops.dot(value, value)


def _beyond(gradient: Any, limit: float | None) -> Any:
    if limit is None:
        return ops.zeros_like(gradient[0])
    return _count(ops.abs(gradient) > limit, gradient)


def _count(condition: Any, like: Any) -> Any:
    return ops.sum(ops.cast(condition, like.dtype))
