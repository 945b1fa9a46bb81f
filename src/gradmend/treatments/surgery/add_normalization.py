"""Put a normalization behind each hidden layer."""

from __future__ import annotations

from typing import Any

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.add_normalization import SMALL_BATCH
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.graph import chained
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Put `BatchNormalization`, or `LayerNormalization` for small batches, behind each layer."""
    found = layers_at(model, prescription.where)
    size = material.measurements.fit_batch_size or material.measurements.batch_size
    behind = {
        path: _norm(layer, small=size < SMALL_BATCH)
        for path, layer in zip(prescription.where, found, strict=True)
    }
    return compile_like(chained(model, behind=behind), model)


def _norm(layer: Any, *, small: bool) -> Any:
    kind = keras.layers.LayerNormalization if small else keras.layers.BatchNormalization
    return kind(name=f"{layer.name}_norm", dtype=layer.dtype_policy)
