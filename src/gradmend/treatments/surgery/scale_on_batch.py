"""Divide each kernel by the spread of what it makes of one batch, from the first layer on."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import tree

from gradmend.errors import ModelError
from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.drawing import redraw_kernels
from gradmend.treatments.surgery.graph import graph_of, no_graph
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at

ROWS = 256
TOLERANCE, TRIES = 0.1, 5  # as in the paper
NOTHING = 1e-12  # a spread below it means that no signal arrives


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Redraw the kernels of the trainable layers named, and scale each on a batch."""
    graph = graph_of(model)
    if graph is None:
        raise ModelError(no_graph(model))
    waiting = {id(layer): layer for layer in layers_at(model, prescription.where)}
    for number, layer in enumerate(waiting.values()):
        if layer.trainable:
            redraw_kernels(layer, "orthogonal", material.seed_for(number))

    def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
        if waiting.pop(id(operation), None) is not None and operation.trainable:
            _scale(operation, args, kwargs)
        inner = graph_of(operation) if isinstance(operation, keras.Model) else None
        if inner is not None and any(id(part) in waiting for part in operation._flatten_layers()):
            return inner._run_through_graph(args[0], call_fn=call)
        return operation(*args, **kwargs)

    graph._run_through_graph(_batch(model, material), call_fn=call)
    return model


def _batch(model: keras.Model, material: Material) -> Any:
    struct = graph_of(model)._inputs_struct  # type: ignore[union-attr]  # seen by the caller
    return tree.map_structure(
        lambda spec, rows: keras.ops.convert_to_tensor(np.asarray(rows)[:ROWS], dtype=spec.dtype),
        struct,
        material.x,
    )


def _scale(layer: Any, args: Any, kwargs: Any) -> None:
    """Source: Mishkin & Matas (2016), algorithm 1."""
    kernels = [w for w in layer.trainable_variables if len(w.shape) > 1]
    activation = getattr(layer, "activation", None)
    if activation is not None:
        layer.activation = keras.activations.linear
    try:
        for _ in range(TRIES):
            spread = float(np.std(keras.ops.convert_to_numpy(layer(*args, **kwargs)), dtype="f8"))
            if not np.isfinite(spread) or spread < NOTHING or abs(spread - 1.0) < TOLERANCE:
                break
            for kernel in kernels:  # depthwise and pointwise share the factor
                kernel.assign(kernel / spread ** (1.0 / len(kernels)))
    finally:
        if activation is not None:
            layer.activation = activation
