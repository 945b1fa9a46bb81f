"""The gradient's way through time, read at the input of each recurrent layer.

dL/dx_t = W_xᵀ δ_t for a simple recurrence, so its size follows that of the gradient
at step t up to a constant (Pascanu et al. 2013, section 2).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from keras import ops

from gradmend.measure._adapter import Array, StepNumbers
from gradmend.measure.recorder import RawCurve
from gradmend.records.signals import TimeSignal

# A step further a float32 ends, at 3.4e38; the square of its parts does so at 1.8e19.
NEAR_OVERFLOW = 1e30


def time_signals(numbers: StepNumbers) -> tuple[TimeSignal, ...]:
    """Return one signal per call of a recurrent layer."""
    return tuple(
        _signal(curve, values, mask, numbers.loss_scale)
        for curve, values, mask in zip(
            numbers.curves, numbers.curve_values, numbers.masks, strict=True
        )
    )


def _signal(curve: RawCurve, values: Array | None, mask: Array | None, scale: float) -> TimeSignal:
    layer = curve.part.layer
    norms = np.zeros(0) if values is None else values[0] * np.sqrt(values[1]) / scale
    if getattr(layer, "go_backwards", False):
        norms = norms[::-1]
    slope = decades_per_step(norms)
    norms = with_overflow(norms, slope)
    steps = int(curve.shape[1])
    return TimeSignal(
        layer=curve.part.path,
        call=curve.call,
        cell=type(layer.cell).__name__,
        activation=curve.part.activation,
        units=_units(layer),
        steps=steps,
        real_steps=float(steps if mask is None else np.asarray(mask).sum(axis=1).mean()),
        gradient_norms=tuple(float(norm) for norm in norms),
        decades_per_step=slope,
        memory_length=None if slope is None or slope <= 0 else 1 / (slope * math.log(10)),
        spectral_radius=spectral_radius(layer),
    )


def decades_per_step(norms: Array) -> float | None:
    """Return the slope of log10 of a curve over steps; positive = smaller in the past.

    Zeros (padded steps, or values below the smallest float) are left out.

    Example:
        >>> round(decades_per_step(np.array([1e-4, 1e-3, 1e-2])), 6)
        1.0
    """
    steps = np.flatnonzero((norms > 0) & np.isfinite(norms))
    if steps.size < 2:
        return None
    return float(np.polyfit(steps, np.log10(norms[steps]), 1)[0])


def with_overflow(norms: Array, slope: float | None) -> Array:
    """Return the curve with inf where it left the range of floats on its way into the past.

    The reduction leaves out what is not finite, so that such a step counts as zero. A gradient
    that grows backward and stands near the largest float does not become zero.

    Example:
        >>> with_overflow(np.array([0.0, 0.0, 1e37, 1e36]), slope=-1.0).tolist()
        [inf, inf, 1e+37, 1e+36]
    """
    if slope is None or slope >= 0.0 or norms.max() < NEAR_OVERFLOW:
        return norms
    first = int(np.flatnonzero(norms > 0)[0])
    return np.where(np.arange(len(norms)) < first, np.inf, norms)


def spectral_radius(layer: Any) -> float | None:
    """Return the largest |eigenvalue| of a simple recurrence's kernel, None for gated cells."""
    kernel = getattr(layer.cell, "recurrent_kernel", None)
    if kernel is None or len(kernel.shape) != 2 or kernel.shape[0] != kernel.shape[1]:
        return None
    matrix = np.asarray(ops.convert_to_numpy(kernel), dtype=np.float64)
    if not np.isfinite(matrix).all():
        return None
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def _units(layer: Any) -> int:
    size = getattr(layer.cell, "state_size", 0)
    return int(size if isinstance(size, int) else np.ravel(np.asarray(size[0]))[-1])
