"""Let the loss and the last activation agree on who squashes."""

from __future__ import annotations

import keras

from gradmend.errors import ModelError, teach
from gradmend.records.facts import OutputFacts
from gradmend.records.prescription import Prescription
from gradmend.treatments.repair_loss import SQUASHES, classes_on_one_unit, meant_loss
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.losses import loss_at, replaced_loss
from gradmend.treatments.surgery.material import Material


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with the loss that fits the activation of each output named."""
    loss = loss_at(model)
    for number, output in enumerate(material.measurements.outputs):
        named = (output.layer or output.name) in prescription.where
        if not named or output.loss is None:
            continue
        if count := classes_on_one_unit(output):
            raise ModelError(_one_unit(output, count))
        name = meant_loss(output)
        if output.from_logits is not None:
            wanted = output.activation not in SQUASHES
            loss = replaced_loss(model, loss, number, output, name, from_logits=wanted)
        elif name != output.loss:
            loss = replaced_loss(model, loss, number, output, name)
    return compile_like(model, model, loss=loss)


def _one_unit(output: OutputFacts, count: int) -> str:
    return teach(
        f"the targets name {count} classes, and the output has one unit.",
        expected="a unit for each class",
        received=f"{output.loss} on one unit",
        means="a network for two classes was taken over for more.",
        attempt=f'Dense({count}, activation="softmax"), loss="sparse_categorical_crossentropy"',
    )
