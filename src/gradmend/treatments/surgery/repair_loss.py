"""Let the loss and the last activation agree on who squashes."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.repair_loss import MEANT, SQUASHES
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.losses import loss_at, replaced_loss
from gradmend.treatments.surgery.material import Material


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with the loss that fits the activation of each output named."""
    loss = loss_at(model)
    for number, output in enumerate(material.measurements.outputs):
        if (output.layer or output.name) not in prescription.where or output.loss is None:
            continue
        wanted = output.activation not in SQUASHES
        old = output.from_logits
        name = output.loss if old is not wanted else MEANT.get(output.activation or "", output.loss)
        loss = replaced_loss(model, loss, number, output, name, from_logits=wanted)
    return compile_like(model, model, loss=loss)
