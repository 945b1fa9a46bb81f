"""Start gates with the memory the sequence needs; exchange a simple cell for such an LSTM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import layers

from gradmend.errors import ModelError, teach
from gradmend.records.prescription import Prescription
from gradmend.treatments.lengthen_memory import MIN_STEPS, steps_of
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.graph import chained
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.orthogonal_recurrence import cells_of
from gradmend.treatments.surgery.places import layers_at

# What a SimpleRNN and an LSTM have in common.
SHARED = (
    "units", "name", "use_bias", "kernel_regularizer", "recurrent_regularizer", "bias_regularizer",
    "activity_regularizer", "kernel_constraint", "recurrent_constraint", "bias_constraint",
    "dropout", "recurrent_dropout", "return_sequences", "go_backwards", "stateful", "unroll",
    "dtype", "trainable",
)  # fmt: skip


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Exchange simple layers for LSTM, and set the biases of all gates named."""
    named = dict(zip(prescription.where, layers_at(model, prescription.where), strict=True))
    exchange = {path: _gated(layer) for path, layer in named.items() if _is_simple(layer)}
    new = compile_like(chained(model, exchange=exchange), model) if exchange else model
    for number, path in enumerate(prescription.where):
        layer = exchange.get(path, named[path])
        for cell in gated_cells(layer):
            start_gates(cell, steps_for(path, material), material.seed_for(number))
    return new


def _is_simple(layer: Any) -> bool:
    inner = layer.forward_layer if isinstance(layer, layers.Bidirectional) else layer
    return isinstance(inner, layers.SimpleRNN)


def _gated(layer: Any) -> Any:
    if isinstance(layer, layers.Bidirectional):
        return layers.Bidirectional(
            _gated(layer.forward_layer), merge_mode=layer.merge_mode, name=layer.name
        )
    if layer.return_state or not layer.use_bias:
        raise ModelError(bound(layer))
    config = layer.get_config()
    return layers.LSTM.from_config({key: config[key] for key in SHARED if key in config})


def gated_cells(layer: Any) -> Iterator[Any]:
    """Yield the LSTM and GRU cells of a layer.

    Raises:
        ModelError: a cell of another kind, or one without biases.
    """
    for cell in cells_of(layer):
        if not isinstance(cell, layers.LSTMCell | layers.GRUCell) or cell.bias is None:
            raise ModelError(bound(layer))
        yield cell


def start_gates(cell: Any, steps: int, seed: int) -> None:
    """Draw the biases of the gates for memories up to so many steps.

    Source: Tallec & Ollivier (2018), section 2: biases log U(1, T - 1).
    """
    units = cell.units
    memory = np.log(np.random.default_rng(seed).uniform(1, steps - 1, units))
    if isinstance(cell, layers.LSTMCell):
        bias = np.concatenate([-memory, memory, np.zeros(2 * units)])
    else:
        update = np.concatenate([memory, np.zeros(2 * units)])
        bias = np.stack([update, np.zeros(3 * units)]) if cell.reset_after else update
    cell.bias.assign(bias)


def steps_for(path: str, material: Material) -> int:
    """Return how long the layer at a path has to remember."""
    m = material.measurements
    lengths = [steps_of(m, t) for t in m.times if t.layer == path]
    return max(lengths, default=MIN_STEPS)


def bound(layer: Any) -> str:
    """The message for a layer whose cell cannot be exchanged."""
    return teach(
        f"the cell of '{layer.name}' cannot get gates with a long memory.",
        expected="a SimpleRNN, LSTM or GRU with biases, whose state the model does not read",
        received=f"{type(layer).__name__} with return_state={getattr(layer, 'return_state', None)}",
        means="the state of an LSTM has two parts, and your model handles one.",
        attempt=f"exchange '{layer.name}' by hand, and set the bias of its forget gate.",
    )
