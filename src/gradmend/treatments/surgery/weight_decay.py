"""Hold the weights back while they train."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer
from gradmend.treatments.surgery.material import Material

STRENGTH = 0.001


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with `weight_decay` in the optimizer."""
    decaying = fresh_optimizer(model.optimizer, weight_decay=STRENGTH)
    return compile_like(model, model, optimizer=decaying)
