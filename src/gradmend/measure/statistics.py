"""Reductions of tensors to a few numbers, written once in `keras.ops` for all backends.

They run inside the compiled step, so they are few: compilers spend their time per
reduction. One pass finds the largest magnitude, one takes every per-sample sum.
Squares are taken of values divided by their largest magnitude, because float32
squares vanish below 1e-19 and overflow above 1e19; `assemble` multiplies the size
back in float64 on the host.

A pass is plain or careful. The plain one assumes finite values and shows by a
non-finite result that the assumption failed; the careful one masks and counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

BACKWARD = ("largest", "square", "flow", "zeros", "nonfinite")

# Entries this near to the bounds of the activation count as saturated (soft, hard).
TANH_LIKE = {"tanh": (0.9, 0.99), "softsign": (0.9, 0.99), "hard_tanh": (0.9, 0.99)}
SIGMOID_LIKE = {"sigmoid": (0.1, 0.01), "hard_sigmoid": (0.1, 0.01)}
BOUNDED = frozenset({*TANH_LIKE, *SIGMOID_LIKE})
# A unit of these that is zero on the whole batch gets no gradient.
RELU_LIKE = frozenset({"relu", "relu6"})


def row_names(activation: str | None, *, fused: bool, careful: bool) -> tuple[str, ...]:
    """Return the names of the rows of `forward_statistics` for these arguments, in order."""
    return (
        "square",
        "sum",
        "zeros",
        "overlap",
        *(("soft", "hard") if activation in BOUNDED else ()),
        *(("before",) if fused else ()),
        *(("nonfinite",) if careful else ()),
    )


def forward_statistics(
    value: Any, activation: str | None, before: Any, *, careful: bool
) -> tuple[Any, Any]:
    """Return the largest magnitude, and sums over each sample in rows, as `row_names` says.

    With u = value / largest, the rows (shape (names, batch)) are `square` of u², `sum`
    of u, `zeros`, `overlap` of u times the u of the sample half a batch away; for
    bounded activations `soft` and `hard`; `before` of the squared values before a
    fused activation; in a careful pass `nonfinite`.
    """
    flat, nonfinite = _prepared(value, careful)
    largest = ops.max(ops.abs(flat))
    unit = _scaled(flat, largest)
    terms = [
        ops.square(unit),
        unit,
        _as_number(ops.equal(flat, 0), flat),
        unit * ops.roll(unit, max(_rows(flat) // 2, 1), axis=0),
        *_saturation(flat, activation),
        *(() if before is None else (ops.square(_prepared(before, careful)[0]),)),
        *nonfinite,
    ]
    return largest, _row_sums(terms)


def backward_statistics(gradient: Any, norms: Any, *, careful: bool) -> Any:
    """Return the vector of `BACKWARD` numbers.

    `norms` are the per-sample L2 norms of the value / its largest magnitude. `square`
    is the mean over samples of the sum of squares of gradient / largest, `flow` the
    mean of the product of both norms; the others are the share of zeros and a count.
    """
    flat, nonfinite = _prepared(gradient, careful)
    largest = ops.max(ops.abs(flat))
    unit = _scaled(flat, largest)
    zeros = _as_number(ops.equal(flat, 0), flat) / flat.shape[1]
    sums = _row_sums([ops.square(unit), zeros, *nonfinite])
    lengths = ops.sqrt(sums[0]) * ops.cast(norms, flat.dtype)
    counts = sums[2] * _rows(flat) if nonfinite else ops.zeros_like(lengths)
    means = ops.mean(ops.stack([sums[0], lengths, sums[1], counts]), axis=1)
    return ops.concatenate([ops.reshape(largest, (1,)), means])


def sample_norms(rows: Any) -> Any:
    """Return the per-sample norms that `backward_statistics` wants."""
    return ops.sqrt(rows[0])


def unit_peaks(value: Any, unit_axis: int) -> Any:
    """Return the largest value of each unit over the batch and all positions."""
    value = ops.stop_gradient(value)
    axes = tuple(axis for axis in range(len(value.shape)) if axis != unit_axis % len(value.shape))
    return ops.max(value, axis=axes)


def mean_square(value: Any, *, careful: bool) -> Any:
    """Return the mean square of a tensor, plain."""
    return ops.mean(ops.square(_prepared(value, careful)[0]))


def curve_statistics(gradient: Any) -> Any:
    """Return, per step, the largest magnitude and the mean square over samples of g / largest.

    `gradient` has shape (batch, steps, ...); the result (2, steps). Non-finite entries
    are left out.
    """
    gradient = _single(ops.stop_gradient(gradient))
    clean = ops.where(ops.isfinite(gradient), gradient, ops.zeros_like(gradient))
    axes = (0, *range(2, len(clean.shape)))
    largest = ops.max(ops.abs(clean), axis=axes, keepdims=True)
    square = ops.sum(ops.square(_scaled(clean, largest)), axis=axes) / clean.shape[0]
    return ops.stack([ops.reshape(largest, (-1,)), square])


def _single(value: Any) -> Any:
    """Half precision is too coarse to sum in."""
    return value if ops.dtype(value) == "float64" else ops.cast(value, "float32")


def _prepared(value: Any, careful: bool) -> tuple[Any, tuple[Any, ...]]:
    """Return the values as (samples, features), and in a careful pass the non-finite ones."""
    value = _single(ops.stop_gradient(value))
    flat = ops.reshape(value, (value.shape[0] if len(value.shape) else 1, -1))
    if not careful:
        return flat, ()
    finite = ops.isfinite(flat)
    clean = ops.where(finite, flat, ops.zeros_like(flat))
    return clean, (_as_number(ops.logical_not(finite), clean),)


def _rows(flat: Any) -> int:
    return int(flat.shape[0])


def _scaled(value: Any, largest: Any) -> Any:
    """Divide by the largest magnitude; zeros stay zeros."""
    return value / ops.where(largest > 0, largest, ops.ones_like(largest))


def _as_number(condition: Any, like: Any) -> Any:
    return ops.cast(condition, like.dtype)


def _row_sums(terms: Sequence[Any]) -> Any:
    """Sum each term over the features of each sample; the result has shape (terms, samples).

    XLA fuses a sum over stacked terms into one kernel, which is what it compiles
    fastest; the eager backends would have to store the stack.
    """
    if keras.backend.backend() == "jax" and len({term.shape[1] for term in terms}) == 1:
        return ops.sum(ops.stack(terms), axis=2)
    return ops.stack([ops.sum(term, axis=1) for term in terms])


def _saturation(flat: Any, activation: str | None) -> tuple[Any, ...]:
    if activation in TANH_LIKE:
        soft, hard = TANH_LIKE[activation]
        return _beyond(ops.abs(flat), soft, hard)
    if activation in SIGMOID_LIKE:
        soft, hard = SIGMOID_LIKE[activation]
        return _beyond(ops.maximum(flat, 1 - flat), 1 - soft, 1 - hard)
    return ()


def _beyond(magnitude: Any, soft: float, hard: float) -> tuple[Any, ...]:
    return _as_number(magnitude > soft, magnitude), _as_number(magnitude > hard, magnitude)
