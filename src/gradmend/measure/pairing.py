"""Whether a loss cares which prediction stands beside which target.

A loss written by the user may compare every prediction of the batch with every target: (n, 1)
against (n,) broadcasts to (n, n). Its gradient then draws all predictions to one value. Such
a loss stays the same when the targets change places, and that is what is tried here.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from keras import ops, tree

from gradmend.measure._adapter import Array

FEWEST = 8  # rows: with fewer, targets that changed places may be equal by chance
READS = 1e-4  # of the loss: other targets move it by more, or it does not read them


def pairing(loss: Any, target: Any, prediction: Any) -> float | None:
    """Return how far a loss moves when targets change places, against when they are replaced.

    Near 0 it compares all with all. None for the losses of Keras, which bring both to one
    shape themselves, for structures, and where the loss does not read the target.

    Args:
        loss: One loss of a compiled model.
        target: Its target of the batch, shape (batch, ...).
        prediction: The output beside it, shape (batch, ...).
    """
    if not is_custom(loss) or tree.is_nested(target) or tree.is_nested(prediction):
        return None
    y, shown = (np.asarray(ops.convert_to_numpy(value)) for value in (target, prediction))
    rows = len(y) if y.ndim else 0
    if rows < FEWEST or shown.ndim == 0 or len(shown) != rows:
        return None
    try:
        return _moved(loss, y, _varied(shown))
    except Exception:  # noqa: BLE001 - a loss may insist on the batch as it is; then nobody knows
        return None


def is_custom(loss: Any) -> bool:
    """Tell whether a loss is the user's own: Keras squeezes and expands for its own ones."""
    function = getattr(loss, "fn", None)
    module = type(loss).__module__ if function is None else getattr(function, "__module__", "")
    return not str(module).startswith("keras.")


def _varied(prediction: Array) -> Array:
    """Scale each row by another factor: a fresh network may predict the same for all of them."""
    factors = np.linspace(0.5, 1.0, len(prediction))
    shape = (-1, *[1] * (prediction.ndim - 1))
    return np.asarray(prediction * factors.reshape(shape), dtype=prediction.dtype)


def _moved(loss: Any, y: Array, prediction: Array) -> float | None:
    rows, half = len(y), len(y) // 2
    whole = _value(loss, y, prediction)
    replaced = _value(loss, np.concatenate([y[:half], y[: rows - half]]), prediction)
    read = abs(replaced - whole)
    if not math.isfinite(read) or read <= READS * abs(whole):
        return None
    places = (np.roll(y, by, axis=0) for by in (1, rows // 3, half))
    moved = max(abs(_value(loss, turned, prediction) - whole) for turned in places)
    return moved / read if math.isfinite(moved) else None


def _value(loss: Any, y: Array, prediction: Array) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the user's own warnings come at fit
        found = loss(ops.convert_to_tensor(y), ops.convert_to_tensor(prediction))
    return float(ops.convert_to_numpy(ops.stop_gradient(found)))
