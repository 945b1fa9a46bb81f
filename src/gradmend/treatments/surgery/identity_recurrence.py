"""Start simple recurrences from the identity, with ReLU and a clipped gradient."""

from __future__ import annotations

import keras
from keras import layers

from gradmend.errors import ModelError
from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery import clip_gradients
from gradmend.treatments.surgery.drawing import assign
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.orthogonal_recurrence import cells_of, own_cell
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Set ReLU and the identity on every simple cell of the layers named."""
    for layer in layers_at(model, prescription.where):
        for cell in cells_of(layer):
            if not isinstance(cell, layers.SimpleRNNCell):
                raise ModelError(own_cell(layer, cell))
            cell.activation = keras.activations.get("relu")
            cell.recurrent_initializer = keras.initializers.get("identity")
            assign(cell.recurrent_kernel, "identity", material.seed)
    return clip_gradients.apply(model, prescription, material)
