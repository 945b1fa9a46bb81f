"""Start simple recurrences orthogonal; where they are not linear, with tanh."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
from keras import layers

from gradmend.errors import ModelError, teach
from gradmend.records.prescription import Prescription
from gradmend.treatments.orthogonal_recurrence import GAIN
from gradmend.treatments.surgery.drawing import assign
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Set an orthogonal recurrent kernel on every simple cell named, and tanh in place of ReLU."""
    number = 0
    for layer in layers_at(model, prescription.where):
        for cell in cells_of(layer):
            number += 1
            if not hasattr(cell, "recurrent_initializer"):
                raise ModelError(own_cell(layer, cell))
            linear = cell.activation is keras.activations.linear
            if not linear:
                cell.activation = keras.activations.get("tanh")
            cell.recurrent_initializer = keras.initializers.Orthogonal(gain=GAIN if linear else 1.0)
            assign(cell.recurrent_kernel, cell.recurrent_initializer, material.seed_for(number))
    return model


def cells_of(layer: Any) -> Iterator[Any]:
    """Yield the cells of a recurrent layer, both directions and every one of a stack."""
    if isinstance(layer, layers.Bidirectional):
        yield from cells_of(layer.forward_layer)
        yield from cells_of(layer.backward_layer)
    elif isinstance(layer, layers.RNN):
        yield from getattr(layer.cell, "cells", [layer.cell])
    elif isinstance(layer, layers.TimeDistributed):
        yield from cells_of(layer.layer)


def own_cell(layer: Any, cell: Any) -> str:
    """The message for a cell that Keras did not write."""
    return teach(
        f"the cell of '{layer.name}' cannot be started anew.",
        expected="a SimpleRNN, or a cell with `recurrent_initializer`",
        received=type(cell).__name__,
        means="it is a cell of your own.",
        attempt=f'initializer="orthogonal" for the recurrent kernel in {type(cell).__name__}.build',
    )
