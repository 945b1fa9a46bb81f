"""Let the loss and the last activation agree on who squashes."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.repair_loss import SQUASHES, meant_loss
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.losses import loss_at, replaced_loss
from gradmend.treatments.surgery.material import Material


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with the loss that fits the activation of each output named."""
    loss = loss_at(model)
    for number, output in enumerate(material.measurements.outputs):
        named = (output.layer or output.name) in prescription.where
        if not named or output.loss is None or output.from_logits is None:
            continue
        wanted, name = output.activation not in SQUASHES, meant_loss(output)
        loss = replaced_loss(model, loss, number, output, name, from_logits=wanted)
    return compile_like(model, model, loss=loss)
