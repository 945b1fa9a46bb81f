"""Let every layer learn."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.material import Material


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Set `trainable` of the model, which sets that of all its layers, and compile."""
    model.trainable = True
    return compile_like(model, model)
