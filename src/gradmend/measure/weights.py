"""Norms of the weights, of their gradients and of one step, in float64 on the host.

They are read outside the compiled step: XLA compiles a reduction per weight slower
than NumPy computes it, and float64 knows no underflow here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from gradmend.measure._adapter import Array, StepNumbers
from gradmend.measure.anatomy import Part, fan_in, weight_role
from gradmend.records.signals import WeightSignal


def weight_signals(
    model: keras.Model, numbers: StepNumbers, owners: dict[int, Part]
) -> tuple[WeightSignal, ...]:
    """Return the records of all trainable weights, in the model's order."""
    return tuple(_weights(model, numbers, owners))


def _weights(
    model: keras.Model, numbers: StepNumbers, owners: dict[int, Part]
) -> Iterator[WeightSignal]:
    for index, variable in enumerate(model.trainable_variables):
        part = owners.get(id(variable))
        fan = None if part is None else fan_in(part.layer, variable.name, tuple(variable.shape))
        weight = _Moments.of(numbers.weights[index])
        yield WeightSignal(
            path=f"{model.name if part is None else part.path}/{variable.name}",
            layer=model.name if part is None else part.path,
            role=weight_role(
                variable.name,
                tuple(variable.shape),
                projects=part is not None and part.role == "projection",
            ),
            shape=tuple(int(size) for size in variable.shape),
            trainable=bool(variable.trainable),
            norm=weight.norm,
            rms=weight.rms,
            mean=weight.mean,
            largest=weight.largest,
            zero_share=weight.zeros,
            nonfinite=weight.nonfinite,
            fan_in=fan,
            gain=None if fan is None else weight.rms * math.sqrt(fan),
            constraint=_constraint(variable),
            **_gradient(numbers.gradients[index], numbers.loss_scale, weight.norm),
            **_update(numbers, index, weight.norm),
        )


def _constraint(variable: Any) -> str | None:
    """The class of what Keras applies to the variable after every step."""
    held = getattr(variable, "constraint", None)
    return None if held is None else getattr(held, "__name__", type(held).__name__)


def _gradient(gradient: Array, scale: float, norm: float) -> dict[str, Any]:
    moments = _Moments.of(gradient)
    return {
        "gradient_norm": moments.norm / scale,
        "gradient_rms": moments.rms / scale,
        "gradient_largest": moments.largest / scale,
        "gradient_zero_share": moments.zeros,
        "gradient_nonfinite": moments.nonfinite,
        "relative_gradient": moments.norm / scale / norm if norm > 0 else None,
    }


def _update(numbers: StepNumbers, index: int, norm: float) -> dict[str, Any]:
    if not numbers.updated:
        return {}
    new, old = (array[index].astype(np.float64) for array in (numbers.updated, numbers.weights))
    with np.errstate(invalid="ignore"):  # inf - inf is counted as non-finite below
        moved = _Moments.of(new - old)
    # a step into NaN has no finite size; the share of finite entries would hide it
    size = moved.norm if moved.nonfinite == 0 else math.inf
    return {"update_norm": size, "update_ratio": size / norm if norm > 0 else None}


class _Moments:
    """Sums over the finite entries of one array."""

    __slots__ = ("largest", "mean", "nonfinite", "norm", "rms", "zeros")

    def __init__(self, array: Array) -> None:
        values = array.astype(np.float64).ravel()
        finite = values if np.isfinite(values).all() else values[np.isfinite(values)]
        self.nonfinite = int(values.size - finite.size)
        self.norm = float(np.sqrt(np.dot(finite, finite)))
        self.rms = self.norm / math.sqrt(finite.size) if finite.size else 0.0
        self.mean = float(finite.mean()) if finite.size else 0.0
        self.largest = float(np.abs(finite).max()) if finite.size else 0.0
        self.zeros = float(np.mean(finite == 0)) if finite.size else 0.0

    @classmethod
    def of(cls, array: Array) -> _Moments:
        return cls(np.asarray(array))
