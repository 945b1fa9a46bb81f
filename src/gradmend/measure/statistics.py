"""Reductions of tensors to a few scalars, written once in `keras.ops` for all backends.

They run inside the compiled step. Sums of squares are taken of values divided by
their largest magnitude, because float32 squares vanish below 1e-19 and overflow
above 1e19; the size is multiplied back in float64 on the host (`records` side).
Non-finite entries are counted apart and left out of everything else.
"""

from __future__ import annotations

from typing import Any

from keras import ops

FORWARD = (
    "largest", "square", "mean", "variance", "zeros", "nonfinite", "dead", "similarity",
    "soft", "hard", "pre_largest", "pre_square", "in_largest", "in_square",
)  # fmt: skip
BACKWARD = ("largest", "square", "norm_square", "flow", "zeros", "nonfinite")
WEIGHT = ("largest", "square", "mean", "zeros", "nonfinite")
GRADIENT = ("largest", "square", "zeros", "nonfinite")
UPDATE = ("largest", "square")

# Entries this near to the bounds of the activation count as saturated (soft, hard).
TANH_LIKE = {"tanh": (0.9, 0.99), "softsign": (0.9, 0.99), "hard_tanh": (0.9, 0.99)}
SIGMOID_LIKE = {"sigmoid": (0.1, 0.01), "hard_sigmoid": (0.1, 0.01)}
# A unit of these that is zero on the whole batch gets no gradient.
RELU_LIKE = frozenset({"relu", "relu6"})


def prepared(value: Any) -> tuple[Any, Any, Any]:
    """Return (values with non-finite entries zeroed, count of those, largest magnitude)."""
    value = ops.stop_gradient(value)
    if ops.dtype(value) != "float64":
        value = ops.cast(value, "float32")
    finite = ops.isfinite(value)
    clean = ops.where(finite, value, ops.zeros_like(value))
    nonfinite = ops.sum(ops.cast(ops.logical_not(finite), clean.dtype))
    return clean, nonfinite, ops.max(ops.abs(clean))


def scaled(clean: Any, largest: Any) -> Any:
    """Divide by the largest magnitude; zeros stay zeros."""
    return clean / ops.where(largest > 0, largest, ops.ones_like(largest))


def size(value: Any) -> tuple[Any, Any]:
    """Return (largest magnitude, mean square of value / largest)."""
    clean, _, largest = prepared(value)
    return largest, ops.mean(ops.square(scaled(clean, largest)))


def share(condition: Any, like: Any) -> Any:
    """Return the share of entries for which the condition holds."""
    return ops.mean(ops.cast(condition, like.dtype))


def sample_norms(unit: Any) -> Any:
    """Return the L2 norm of each sample (axis 0); a scalar counts as one sample."""
    if len(unit.shape) == 0:
        return ops.abs(ops.reshape(unit, (1,)))
    axes = tuple(range(1, len(unit.shape)))
    return ops.sqrt(ops.sum(ops.square(unit), axis=axes)) if axes else ops.abs(unit)


def forward_statistics(
    value: Any, activation: str | None, unit_axis: int, before: Any, source: Any
) -> tuple[Any, Any]:
    """Return the vector of `FORWARD` scalars and the per-sample norms of value / largest.

    `before` is the tensor before a fused activation, `source` the layer's input when
    no tapped layer produced it; either may be None.
    """
    clean, nonfinite, largest = prepared(value)
    unit = scaled(clean, largest)
    mean = ops.mean(unit)
    norms = sample_norms(unit)
    zero = ops.zeros_like(mean)
    soft, hard = _saturation(clean, activation)
    fields = {
        "largest": largest,
        "square": ops.mean(ops.square(unit)),
        "mean": mean,
        "variance": ops.mean(ops.square(unit - mean)),
        "zeros": share(ops.equal(clean, 0), clean),
        "nonfinite": nonfinite,
        "dead": _dead_units(clean, unit_axis) if activation in RELU_LIKE else zero,
        "similarity": _similarity(unit, norms),
        "soft": zero if soft is None else soft,
        "hard": zero if hard is None else hard,
    }
    fields["pre_largest"], fields["pre_square"] = (zero, zero) if before is None else size(before)
    fields["in_largest"], fields["in_square"] = (zero, zero) if source is None else size(source)
    return _vector(fields, FORWARD, clean.dtype), norms


def backward_statistics(gradient: Any, norms: Any) -> Any:
    """Return the vector of `BACKWARD` scalars; `norms` come from `forward_statistics`."""
    clean, nonfinite, largest = prepared(gradient)
    unit = scaled(clean, largest)
    lengths = sample_norms(unit)
    fields = {
        "largest": largest,
        "square": ops.mean(ops.square(unit)),
        "norm_square": ops.mean(ops.square(lengths)),
        "flow": ops.mean(lengths * ops.cast(norms, lengths.dtype)),
        "zeros": share(ops.equal(clean, 0), clean),
        "nonfinite": nonfinite,
    }
    return _vector(fields, BACKWARD, clean.dtype)


def weight_statistics(weight: Any) -> Any:
    """Return the vector of `WEIGHT` scalars."""
    clean, nonfinite, largest = prepared(weight)
    unit = scaled(clean, largest)
    fields = {
        "largest": largest,
        "square": ops.mean(ops.square(unit)),
        "mean": ops.mean(unit),
        "zeros": share(ops.equal(clean, 0), clean),
        "nonfinite": nonfinite,
    }
    return _vector(fields, WEIGHT, clean.dtype)


def gradient_statistics(gradient: Any) -> Any:
    """Return the vector of `GRADIENT` scalars."""
    clean, nonfinite, largest = prepared(gradient)
    fields = {
        "largest": largest,
        "square": ops.mean(ops.square(scaled(clean, largest))),
        "zeros": share(ops.equal(clean, 0), clean),
        "nonfinite": nonfinite,
    }
    return _vector(fields, GRADIENT, clean.dtype)


def update_statistics(new: Any, old: Any) -> Any:
    """Return the vector of `UPDATE` scalars of new - old."""
    largest, square = size(new - old)
    return ops.stack([largest, square])


def curve_statistics(gradient: Any) -> Any:
    """Return the largest magnitude per step and the mean square over samples of value / largest.

    `gradient` has shape (batch, steps, ...); the result (2, steps).
    """
    clean, _, _ = prepared(gradient)
    axes = (0, *range(2, len(clean.shape)))
    largest = ops.max(ops.abs(clean), axis=axes, keepdims=True)
    unit = scaled(clean, largest)
    square = ops.sum(ops.square(unit), axis=axes) / clean.shape[0]
    return ops.stack([ops.reshape(largest, (-1,)), square])


def _vector(fields: dict[str, Any], names: tuple[str, ...], dtype: Any) -> Any:
    return ops.stack([ops.cast(fields[name], dtype) for name in names])


def _dead_units(clean: Any, unit_axis: int) -> Any:
    rank = len(clean.shape)
    if rank < 2:
        return ops.zeros((), clean.dtype)
    axes = tuple(axis for axis in range(rank) if axis != unit_axis % rank)
    return ops.sum(ops.cast(ops.max(clean, axis=axes) <= 0, clean.dtype))


def _similarity(unit: Any, norms: Any) -> Any:
    """Return the mean cosine between different samples, from the length of their mean direction."""
    if len(unit.shape) < 2 or unit.shape[0] is None or unit.shape[0] < 2:
        return ops.zeros((), unit.dtype)
    safe = ops.where(norms > 0, norms, ops.ones_like(norms))
    count = ops.sum(ops.cast(norms > 0, unit.dtype))
    shape = (-1, *([1] * (len(unit.shape) - 1)))
    total = ops.sum(unit / ops.reshape(safe, shape), axis=0)
    pairs = ops.maximum(count * (count - 1), ops.ones_like(count))
    return (ops.sum(ops.square(total)) - count) / pairs


def _saturation(clean: Any, activation: str | None) -> tuple[Any, Any]:
    if activation in TANH_LIKE:
        soft, hard = TANH_LIKE[activation]
        magnitude = ops.abs(clean)
        return share(magnitude > soft, clean), share(magnitude > hard, clean)
    if activation in SIGMOID_LIKE:
        soft, hard = SIGMOID_LIKE[activation]
        to_bound = ops.minimum(clean, 1 - clean)
        return share(to_bound < soft, clean), share(to_bound < hard, clean)
    return None, None
