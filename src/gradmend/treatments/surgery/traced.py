"""The functional model that a subclassed one amounts to, where its `call` can be followed."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import tree

from gradmend.errors import ModelError
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.graph import no_graph

# A class that writes one of these does more than compute an output.
OWN = (
    "train_step", "test_step", "predict_step", "compute_loss", "compute_metrics", "fit",
    "make_train_function", "train_on_batch", "stateless_compute_loss",
)  # fmt: skip


def traced(model: keras.Model, x: Any) -> keras.Model:
    """Return a functional model around the very layers of a subclassed one, compiled like it.

    Args:
        model: A built, compiled model, ours to take apart.
        x: Training inputs, from which the shapes are read.

    Raises:
        ModelError: `call` branches on values, uses weights of its own, or the class trains in
            a way of its own: then only the user can rewrite it.

    Example:
        >>> import keras, numpy as np
        >>> class Net(keras.Model):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.out = keras.layers.Dense(1, name="out")
        ...     def call(self, x):
        ...         return self.out(x)
        >>> model = Net(); model.compile("sgd", "mse"); x = np.zeros((3, 2)); _ = model(x)
        >>> [layer.name for layer in traced(model, x).layers[1:]]
        ['out']
    """
    if any(getattr(type(model), name) is not getattr(keras.Model, name) for name in OWN):
        raise ModelError(no_graph(model))
    inputs = tree.map_structure(_entry, x)
    try:
        new = keras.Model(inputs, model.call(inputs), name=model.name)
    except Exception as error:  # a user's own call may raise anything
        raise ModelError(no_graph(model)) from error
    held = {id(v) for v in new.variables}
    if any(id(v) not in held for v in model.trainable_variables) or model._losses:
        raise ModelError(no_graph(model))
    return compile_like(new, model)


def _entry(leaf: Any) -> Any:
    rows = np.asarray(leaf)
    floating = np.issubdtype(rows.dtype, np.floating)
    return keras.Input(rows.shape[1:], dtype=keras.config.floatx() if floating else rows.dtype.name)
