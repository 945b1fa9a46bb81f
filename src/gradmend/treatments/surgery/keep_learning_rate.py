"""Put a constant in the place of a schedule."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer
from gradmend.treatments.surgery.lower_learning_rate import current_rate
from gradmend.treatments.surgery.material import Material


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with the rate that was measured before the first step."""
    facts = material.measurements.optimizer
    measured = None if facts is None else facts.learning_rate
    rate = current_rate(model) if measured is None else measured
    return compile_like(
        model, model, optimizer=fresh_optimizer(model.optimizer, learning_rate=rate)
    )
