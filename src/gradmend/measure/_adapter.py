"""What a backend must be able to do, and the lazy choice of the one Keras runs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from gradmend.errors import BackendError, teach
from gradmend.measure.anatomy import Part
from gradmend.measure.recorder import RawCall, RawCurve
from gradmend.measure.stacks import Stack
from gradmend.measure.step import Batch

Array = NDArray[Any]


@dataclass(slots=True)
class StepNumbers:
    """What one measured step brings back to the host, still unscaled and unnamed.

    `forward` and `backward` have one entry per entry of `slots`, which index `calls`;
    `weights`, `gradients` and `updated` hold one array per trainable variable
    (`updated` is empty when no optimizer step could be taken).
    """

    calls: list[RawCall] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    curves: list[RawCurve] = field(default_factory=list)
    heads: list[int | None] = field(default_factory=list)
    forward: list[dict[str, Array]] = field(default_factory=list)
    backward: list[Array | None] = field(default_factory=list)
    curve_values: list[Array | None] = field(default_factory=list)
    masks: list[Array | None] = field(default_factory=list)
    weights: list[Array] = field(default_factory=list)
    gradients: list[Array] = field(default_factory=list)
    updated: list[Array] = field(default_factory=list)
    total: float = 0.0
    penalty: float = 0.0
    prediction: Any = None
    loss_scale: float = 1.0


class Adapter(Protocol):
    """One compiled (where Keras compiles) training step on copies of the model's variables."""

    def step(self, *, careful: bool = False, losses_only: bool = False) -> StepNumbers:
        """Measure at the current copies, then advance them by one optimizer step.

        `losses_only` leaves everything but the losses on the device.
        """


def adapter(model: keras.Model, parts: tuple[Part, ...], batch: Batch, optimizer: Any) -> Adapter:
    """Return the adapter of the backend that Keras uses in this process.

    Raises:
        BackendError: the backend cannot train (numpy, openvino).
    """
    name = keras.backend.backend()
    if name not in ("jax", "tensorflow", "torch"):
        raise BackendError(
            teach(
                f"the Keras backend '{name}' cannot compute gradients.",
                expected="jax, tensorflow or torch",
                received=f"KERAS_BACKEND={name}",
                means="the environment or ~/.keras/keras.json chose an inference-only backend.",
                attempt="KERAS_BACKEND=jax python your_script.py",
            )
        )
    made: Adapter = import_module(f"gradmend.measure._{name}").Step(model, parts, batch, optimizer)
    return made


def host(value: Any) -> Array:
    """Return a backend tensor as a NumPy array, half precision as float32."""
    if "16" in keras.backend.standardize_dtype(value.dtype):
        value = keras.ops.cast(value, "float32")
    return np.asarray(keras.ops.convert_to_numpy(value))


def host_or_none(value: Any) -> Array | None:
    """Return a backend tensor as a NumPy array, None where there is none."""
    return None if value is None else host(value)


def by_slot(
    forward: Sequence[dict[str, Any]], backward: Sequence[Any], stacks: Sequence[Stack]
) -> tuple[list[dict[str, Array]], list[Array | None]]:
    """Bring the statistics to the host, those of a stack to the slots they belong to.

    Args:
        forward: Of every slot what was reduced on the spot.
        backward: Of every slot the row of its gradient, None where none was reduced on the spot.
        stacks: What was reduced together.
    """
    ahead = [{name: host(value) for name, value in sums.items()} for sums in forward]
    back = [host_or_none(row) for row in backward]
    for stack in stacks:
        sums = {name: host(value) for name, value in stack.forward.items()}
        sums["rows"] = sums["rows"].swapaxes(0, 1)
        for index, slot in enumerate(stack.slots):
            ahead[slot] |= {name: values[index] for name, values in sums.items()}
        rows = host_or_none(stack.backward)
        for index, slot in enumerate(stack.reached):
            back[slot] = None if rows is None else rows[index]
    return ahead, back


def unscaling(total: float, scaled: float) -> float:
    """Return the factor by which the optimizer scales the loss (1.0 where it cannot be told)."""
    factor = scaled / total if total and np.isfinite(total) else 1.0
    return factor if np.isfinite(factor) and factor > 0 else 1.0
