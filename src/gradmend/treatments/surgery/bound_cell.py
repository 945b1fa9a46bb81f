"""Set tanh inside recurrent cells; weights stay."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.orthogonal_recurrence import cells_of
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Set the activation of every cell of the layers named."""
    for layer in layers_at(model, prescription.where):
        for cell in cells_of(layer):
            cell.activation = keras.activations.get("tanh")
    return compile_like(model, model)
