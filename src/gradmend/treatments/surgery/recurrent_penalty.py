"""Put an L2 penalty on recurrent kernels."""

from __future__ import annotations

import keras

from gradmend.errors import ModelError
from gradmend.records.prescription import Prescription
from gradmend.treatments.recurrent_penalty import STRENGTH
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.orthogonal_recurrence import cells_of, own_cell
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Set the regularizer on every cell of the layers named, and on the weight it has."""
    for layer in layers_at(model, prescription.where):
        for cell in cells_of(layer):
            if not hasattr(cell, "recurrent_regularizer"):
                raise ModelError(own_cell(layer, cell))
            cell.recurrent_regularizer = keras.regularizers.L2(STRENGTH)
            cell.recurrent_kernel.regularizer = cell.recurrent_regularizer
    return model
