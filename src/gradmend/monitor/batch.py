"""The samples a check-up looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Inputs, targets and sample weights as `train_step` would receive them.

    `size` counts the samples, `fit_batch_size` those in one batch of the training.
    `target_rows` holds more targets than the batch does, with their weights, where
    reading them costs nothing (arrays); else the targets of the batch. `variety` is
    that of `gradmend.monitor.order`.
    """

    x: Any
    y: Any
    sample_weight: Any
    size: int
    fit_batch_size: int
    target_rows: tuple[Any, Any]
    variety: float | None = None


def batch_of(data: Any) -> Batch:
    """Return a copy of the batch that a data adapter of Keras yielded."""
    # JAX and PyTorch may hand over the user's own memory, which he may write to later
    data = keras.tree.map_structure(_own, without_optionals(data))
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    size = samples_in(x)
    return Batch(
        x=x,
        y=y,
        sample_weight=sample_weight,
        size=size,
        fit_batch_size=size,
        target_rows=(y, sample_weight),
    )


def _own(leaf: Any) -> Any:
    copied = getattr(leaf, "clone", None) or getattr(leaf, "copy", None)
    return leaf if copied is None else copied()


def samples_in(data: Any) -> int:
    """Return the length of the first axis of the first tensor in a structure."""
    leaf = next(leaf for leaf in keras.tree.flatten(data) if leaf is not None)
    return int(leaf.shape[0])


def without_optionals(data: Any) -> Any:
    """Return a batch with None where TensorFlow hands over an Optional."""
    # On TensorFlow a generator's None travels as an Optional; Keras turns it back the same way.
    return keras.tree.map_structure(lambda leaf: None if hasattr(leaf, "has_value") else leaf, data)
