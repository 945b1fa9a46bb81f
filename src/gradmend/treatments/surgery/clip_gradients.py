"""Limit the length of the whole gradient."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer
from gradmend.treatments.surgery.material import Material

LENGTH = 1.0


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with `global_clipnorm`."""
    clipped = fresh_optimizer(
        model.optimizer, global_clipnorm=LENGTH, clipnorm=None, clipvalue=None
    )
    return compile_like(model, model, optimizer=clipped)
