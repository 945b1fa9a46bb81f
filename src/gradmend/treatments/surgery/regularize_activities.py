"""Add an L2 penalty on the outputs of hidden layers."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.regularize_activities import STRENGTH
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at

STRENGTHS = (0.0001, 0.001, 0.01)


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Set the penalty on the layers named, with the dose as its strength."""
    strength = STRENGTH if prescription.dose is None else prescription.dose
    for layer in layers_at(model, prescription.where):
        layer.activity_regularizer = keras.regularizers.L2(strength)
    return compile_like(model, model)


def doses(model: keras.Model, prescription: Prescription, material: Material) -> tuple[float, ...]:
    """The strengths that are tried, the weakest first."""
    return STRENGTHS


def lines(
    prescription: Prescription, material: Material
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines with the strength that was tried."""
    strength = STRENGTH if prescription.dose is None else prescription.dose
    after = tuple(
        line.replace(f"L2({STRENGTH})", f"L2({strength:g})") for line in prescription.after
    )
    return prescription.before, after
