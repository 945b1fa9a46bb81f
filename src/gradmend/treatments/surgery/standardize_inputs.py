"""Bring the inputs to mean 0 and size 1, inside the model."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import tree

from gradmend.errors import ModelError, teach
from gradmend.records.facts import TensorFacts
from gradmend.records.prescription import Prescription
from gradmend.treatments.standardize_inputs import MAX_PIXEL
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.graph import chained, graph_of, no_graph
from gradmend.treatments.surgery.material import Material

# Below this share of the largest spread a feature counts as constant: dividing by it is noise.
TINY = 1e-6


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Put a layer that standardises behind every input that is out of scale."""
    graph = graph_of(model)
    if graph is None:
        raise ModelError(no_graph(model))
    front = {
        tensor.name: standardizer(rows, fact)
        for tensor, rows, fact in zip(
            graph.inputs, tree.flatten(material.x), material.measurements.inputs, strict=False
        )
        if fact.name in prescription.where or len(material.measurements.inputs) == 1
    }
    return compile_like(chained(model, front=front), model)


def standardizer(rows: Any, fact: TensorFacts) -> Any:
    """Return `Rescaling(1 / 255)` for pixels, a `Normalization` with moments of `rows` else."""
    if is_pixels(fact):
        return keras.layers.Rescaling(1.0 / MAX_PIXEL, name=f"{_name(fact)}_standardized")
    mean, variance = moments(rows)
    return keras.layers.Normalization(
        mean=mean, variance=variance, name=f"{_name(fact)}_standardized"
    )


def _name(fact: TensorFacts) -> str:
    return fact.name.replace("/", "_") or "input"


def is_pixels(fact: TensorFacts) -> bool:
    """Whole numbers that fill 0..255."""
    return fact.integer_valued and fact.smallest >= 0.0 and 200.0 < fact.largest <= MAX_PIXEL


def moments(rows: Any) -> tuple[list[float], list[float]]:
    """Return mean and variance per feature (last axis); a constant feature gets variance 1."""
    rows = np.asarray(rows, dtype="float64")
    if not np.isfinite(rows).all():
        raise ModelError(_not_finite())
    axes = tuple(range(rows.ndim - 1)) if rows.ndim > 1 else (0,)
    mean, std = rows.mean(axis=axes), rows.std(axis=axes)
    std = np.where(std > TINY * max(float(std.max()), 1e-30), std, 1.0)
    return np.ravel(mean).tolist(), np.ravel(std**2).tolist()


def _not_finite() -> str:
    return teach(
        "the inputs cannot be standardised: they hold nan or inf.",
        expected="finite numbers",
        received="nan or inf among the training rows",
        means="missing values were left in, or a division by zero made them.",
        attempt="x = numpy.nan_to_num(x), or drop these rows.",
    )
