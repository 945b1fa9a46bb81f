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
    alone = None if before is None else before[None]
    largest, rows = forward_of_stack(value[None], activation, alone, careful=careful)
    return largest[0], rows[:, 0]


def forward_of_stack(
    values: Any, activation: str | None, before: Any, *, careful: bool
) -> tuple[Any, Any]:
    """Return `forward_statistics` of several values at once: (count,) and (names, count, batch).

    `values` has shape (count, batch, ...), and so has `before`.
    """
    flat, nonfinite = _prepared(values, careful)
    further = [
        *_saturation(flat, activation),
        *(() if before is None else (ops.square(_prepared(before, careful)[0]),)),
        *nonfinite,
    ]
    if (native := _native()) and not careful:
        found: tuple[Any, Any] | None = native.forward_sums(flat, further)
        if found is not None:
            return found
    largest = ops.max(ops.abs(flat), axis=(1, 2))
    unit = _scaled(flat, largest[:, None, None])
    terms = [
        ops.square(unit),
        unit,
        _as_number(ops.equal(flat, 0), flat),
        unit * ops.roll(unit, max(_rows(flat) // 2, 1), axis=1),
        *further,
    ]
    return largest, _row_sums(terms)


def backward_statistics(gradient: Any, norms: Any, *, careful: bool) -> Any:
    """Return the vector of `BACKWARD` numbers.

    `norms` are the per-sample L2 norms of the value / its largest magnitude. `square`
    is the mean over samples of the sum of squares of gradient / largest, `flow` the
    mean of the product of both norms; the others are the share of zeros and a count.
    """
    return backward_of_stack(gradient[None], norms[None], careful=careful)[0]


def backward_of_stack(gradients: Any, norms: Any, *, careful: bool) -> Any:
    """Return `backward_statistics` of several gradients at once: (count, len(BACKWARD)).

    `gradients` has shape (count, batch, ...), `norms` (count, batch).
    """
    flat, nonfinite = _prepared(gradients, careful)
    largest, squares, zeros, counts = _gradient_sums(flat, nonfinite)
    lengths = ops.sqrt(squares) * ops.cast(norms, flat.dtype)
    means = ops.mean(ops.stack([squares, lengths, zeros, counts]), axis=2)
    return ops.transpose(ops.concatenate([largest[None], means]))


def _gradient_sums(flat: Any, nonfinite: tuple[Any, ...]) -> tuple[Any, Any, Any, Any]:
    """Return the largest magnitudes, and per sample squares, share of zeros, what is not finite."""
    if (native := _native()) and not nonfinite and (found := native.gradient_sums(flat)):
        largest, squares, zeros = found
        return largest, squares, zeros / flat.shape[2], ops.zeros_like(squares)
    largest = ops.max(ops.abs(flat), axis=(1, 2))
    unit = _scaled(flat, largest[:, None, None])
    zeros = _as_number(ops.equal(flat, 0), flat) / flat.shape[2]
    sums = _row_sums([ops.square(unit), zeros, *nonfinite])
    counts = sums[2] * _rows(flat) if nonfinite else ops.zeros_like(sums[0])
    return largest, sums[0], sums[1], counts


def _native() -> Any:
    """Return the module with cheaper sums, where the backend has them."""
    if keras.backend.backend() != "torch":
        return None
    from gradmend.measure import _torch_sums

    return _torch_sums


def sample_norms(rows: Any) -> Any:
    """Return the per-sample norms that `backward_statistics` wants."""
    return ops.sqrt(rows[0])


def unit_peaks(value: Any, unit_axis: int) -> Any:
    """Return the largest value of each unit over the batch and all positions."""
    axis = unit_axis % len(value.shape)
    return peaks_of_stack(value[None], axis)[0]


def peaks_of_stack(values: Any, unit_axis: int) -> Any:
    """Return `unit_peaks` of several values (count, batch, ...) at once: (count, units)."""
    values = ops.stop_gradient(values)
    kept = (0, unit_axis % (len(values.shape) - 1) + 1)
    return ops.max(values, axis=tuple(a for a in range(len(values.shape)) if a not in kept))


def mean_square(value: Any, *, careful: bool) -> Any:
    """Return the mean square of a tensor, plain."""
    return ops.mean(ops.square(_prepared(value[None], careful)[0]))


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
    """Return (count, batch, ...) as (count, batch, features), and what is not finite of it."""
    value = _single(ops.stop_gradient(value))
    rows = value.shape[1] if len(value.shape) > 1 else 1
    flat = ops.reshape(value, (value.shape[0], rows, -1))
    if not careful:
        return flat, ()
    finite = ops.isfinite(flat)
    clean = ops.where(finite, flat, ops.zeros_like(flat))
    return clean, (_as_number(ops.logical_not(finite), clean),)


def _rows(flat: Any) -> int:
    return int(flat.shape[1])


def _scaled(value: Any, largest: Any) -> Any:
    """Divide by the largest magnitude; zeros stay zeros."""
    return value / ops.where(largest > 0, largest, ops.ones_like(largest))


def _as_number(condition: Any, like: Any) -> Any:
    return ops.cast(condition, like.dtype)


def _row_sums(terms: Sequence[Any]) -> Any:
    """Sum each term over the features of each sample; the shape is (terms, count, samples).

    XLA fuses a sum over stacked terms into one kernel, which is what it compiles
    fastest; the eager backends would have to store the stack.
    """
    if keras.backend.backend() == "jax" and len({term.shape[2] for term in terms}) == 1:
        return ops.sum(ops.stack(terms), axis=3)
    return ops.stack([ops.sum(term, axis=2) for term in terms])


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
