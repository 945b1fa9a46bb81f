"""Give every layer of a float16 model the policy `mixed_bfloat16`."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer, inner_of
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.use_bfloat16 import HALF

NEW = "mixed_bfloat16"


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Exchange the policies; the optimizer scales the loss no more."""
    for layer in model._flatten_layers():
        if layer.dtype_policy.name == HALF:
            layer.dtype_policy = NEW
    plain = fresh_optimizer(inner_of(model.optimizer))
    return compile_like(model, model, optimizer=plain, auto_scale_loss=False)
