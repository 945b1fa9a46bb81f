"""Start biases at zero."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.drawing import redraw
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Zero the biases of the layers named, where they have one."""
    for layer in layers_at(model, prescription.where):
        if getattr(layer, "bias", None) is not None:
            redraw(layer, "bias", "zeros", material.seed)
    return model
