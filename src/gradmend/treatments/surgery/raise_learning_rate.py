"""Take longer steps; a schedule keeps its form."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.lower_learning_rate import DEFAULTS
from gradmend.treatments.surgery.compiling import inner_of
from gradmend.treatments.surgery.lower_learning_rate import current_rate, with_rate
from gradmend.treatments.surgery.material import Material


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with the optimizer's default rate, at least ten times the present one."""
    rate = current_rate(model)
    default = DEFAULTS.get(type(inner_of(model.optimizer)).__name__.lower(), 0.01)
    return with_rate(model, max(default, rate * 10) / rate)
