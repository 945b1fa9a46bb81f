"""Put batch normalization in the place of other normalizations."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.graph import chained
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Exchange the layers named; everything else keeps its weights."""
    named = zip(prescription.where, layers_at(model, prescription.where), strict=True)
    exchange = {path: keras.layers.BatchNormalization(name=old.name) for path, old in named}
    return compile_like(chained(model, exchange=exchange), model)
