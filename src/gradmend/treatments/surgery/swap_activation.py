"""Exchange activations of hidden layers, and draw the kernels before them to fit."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from gradmend.errors import ModelError, teach
from gradmend.records.prescription import Prescription
from gradmend.treatments.reset_initializer import fitting
from gradmend.treatments.surgery.drawing import redraw_kernels
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import TRANSPARENT, before, layers_at
from gradmend.treatments.swap_activation import replacement


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Set ReLU (SELU) on the layers named; redraw every kernel whose output it now acts on."""
    new = replacement(material.measurements, prescription.where)
    for number, layer in enumerate(layers_at(model, prescription.where)):
        if not hasattr(layer, "activation") or isinstance(layer, layers.RNN):
            raise ModelError(_no_activation(layer))
        layer.activation = keras.activations.get(new)
        source = _kernel_source(layer)
        if source is not None and source.trainable:
            redraw_kernels(source, fitting(new), material.seed_for(number))
    return model


def _kernel_source(layer: Any) -> Any:
    """The layer whose kernel makes what the activation receives."""
    while layer is not None and not _has_kernel(layer):
        layer = before(layer)
        if layer is not None and not _has_kernel(layer) and not isinstance(layer, TRANSPARENT):
            return None
    return layer


def _has_kernel(layer: Any) -> bool:
    return hasattr(layer, "kernel_initializer") or hasattr(layer, "depthwise_initializer")


def _no_activation(layer: Any) -> str:
    return teach(
        f"the activation of '{layer.name}' cannot be exchanged.",
        expected="a layer with an attribute `activation`",
        received=type(layer).__name__,
        means="a layer of your own computes the activation inside call().",
        attempt=f'write the line in {type(layer).__name__}.call: keras.activations.get("relu")',
    )
