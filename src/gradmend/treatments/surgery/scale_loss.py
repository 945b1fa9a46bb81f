"""Put the optimizer into a `LossScaleOptimizer`."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer, inner_of
from gradmend.treatments.surgery.material import Material


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with the scaled optimizer."""
    inner = fresh_optimizer(inner_of(model.optimizer))
    scaled = keras.optimizers.LossScaleOptimizer(inner)
    return compile_like(model, model, optimizer=scaled)
