"""Give the output the activation, and the loss, that its targets need."""

from __future__ import annotations

from typing import Any

import keras
from keras import tree

from gradmend.errors import ModelError, teach
from gradmend.records.facts import OutputFacts
from gradmend.records.prescription import Prescription
from gradmend.treatments.repair_head import _fitting
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.losses import loss_at, replaced_loss
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Set the activation of the last layer of each output named, and its loss."""
    loss = loss_at(model)
    for number, output in enumerate(material.measurements.outputs):
        if (output.layer or output.name) not in prescription.where:
            continue
        activation, name = _fitting(output)
        _set_activation(model, output, activation)
        if name != output.loss or output.from_logits:
            loss = replaced_loss(model, loss, number, output, name)
    return compile_like(model, model, loss=loss)


def _set_activation(model: keras.Model, output: OutputFacts, activation: str | None) -> None:
    layer = _head(model, output)
    if not hasattr(layer, "activation"):
        raise ModelError(_no_activation(layer))
    layer.activation = keras.activations.get(activation)


def _head(model: keras.Model, output: OutputFacts) -> Any:
    if output.layer is not None:
        return layers_at(model, [output.layer])[0]
    return tree.flatten(model.outputs)[0]._keras_history.operation


def _no_activation(layer: Any) -> str:
    return teach(
        f"the activation of the output '{layer.name}' cannot be exchanged.",
        expected="a last layer with an attribute `activation`",
        received=type(layer).__name__,
        means="a layer of your own computes the output.",
        attempt='Dense(units, activation="sigmoid") as the last layer.',
    )
