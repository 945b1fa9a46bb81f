"""Limit the length of each variable's gradient by itself."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer
from gradmend.treatments.surgery.material import Material

LIMIT = 1.0


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with `clipnorm`."""
    clipped = fresh_optimizer(model.optimizer, global_clipnorm=None, clipnorm=LIMIT, clipvalue=None)
    return compile_like(model, model, optimizer=clipped)
