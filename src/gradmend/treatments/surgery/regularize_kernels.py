"""Add an L2 penalty on kernels, and on recurrent kernels."""

from __future__ import annotations

from typing import Any

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.regularize_kernels import STRENGTH
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.drawing import variable_attribute
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.orthogonal_recurrence import cells_of
from gradmend.treatments.surgery.places import layers_at

STRENGTHS = (0.001, 0.01, 0.1)
ATTRIBUTES = {
    "kernel": "kernel_regularizer",
    "recurrent_kernel": "recurrent_regularizer",
    "depthwise_kernel": "depthwise_regularizer",
    "pointwise_kernel": "pointwise_regularizer",
}


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Set the penalty on the layers named, with the dose as its strength."""
    strength = STRENGTH if prescription.dose is None else prescription.dose
    for layer in layers_at(model, prescription.where):
        for part in _parts(layer):
            for kernel, attribute in ATTRIBUTES.items():
                if hasattr(part, attribute):
                    _penalize(part, kernel, attribute, strength)
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


def _parts(layer: Any) -> list[Any]:
    """What holds the weights: the cells of a recurrent layer, else the layer itself."""
    return list(cells_of(layer)) or [layer]


def _penalize(part: Any, kernel: str, attribute: str, strength: float) -> None:
    penalty = keras.regularizers.L2(strength)
    setattr(part, attribute, penalty)
    variable = getattr(part, variable_attribute(part, kernel), None)
    if isinstance(variable, keras.Variable):
        variable.regularizer = penalty  # Keras reads that of a built layer from its variable
