"""Exchange ReLU for LeakyReLU; weights stay."""

from __future__ import annotations

import keras

from gradmend.errors import ModelError, teach
from gradmend.records.prescription import Prescription
from gradmend.treatments.leak_activation import NEW
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Set the activation of the layers named."""
    for layer in layers_at(model, prescription.where):
        if not hasattr(layer, "activation"):
            raise ModelError(_no_activation(layer))
        layer.activation = keras.activations.get(NEW)
    return compile_like(model, model)


def _no_activation(layer: keras.layers.Layer) -> str:
    return teach(
        f"the activation of '{layer.name}' cannot be exchanged.",
        expected="a layer with an attribute `activation`",
        received=type(layer).__name__,
        means="a layer of its own, ReLU or one of yours, computes it.",
        attempt="LeakyReLU() in its place.",
    )
