"""Limit every single entry of the gradient."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer
from gradmend.treatments.surgery.material import Material

LIMIT = 0.5


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with `clipvalue`."""
    clipped = fresh_optimizer(model.optimizer, global_clipnorm=None, clipnorm=None, clipvalue=LIMIT)
    return compile_like(model, model, optimizer=clipped)
