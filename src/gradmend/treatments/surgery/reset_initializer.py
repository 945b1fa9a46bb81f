"""Draw hidden kernels anew at the scale that fits the activation behind them."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.reset_initializer import TABLE, fitting
from gradmend.treatments.surgery.drawing import redraw, redraw_kernels
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import activation_behind, layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Redraw the kernels of the trainable layers named."""
    for number, layer in enumerate(layers_at(model, prescription.where)):
        if isinstance(layer, keras.layers.Embedding):
            redraw(layer, "embeddings", TABLE, material.seed_for(number))
        elif layer.trainable:
            redraw_kernels(layer, fitting(activation_behind(layer)), material.seed_for(number))
    return model
