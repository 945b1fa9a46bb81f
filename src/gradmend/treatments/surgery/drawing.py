"""Give a layer another initializer, and weights drawn by it."""

from __future__ import annotations

from typing import Any

import keras

# Recurrent kernels, biases and norms have initializers of their own kind.
KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel")


def redraw(layer: Any, name: str, initializer: str, seed: int) -> None:
    """Set `<name>_initializer` of a layer and draw the weight `name` anew.

    The initializer is kept without its seed, so that a later copy draws other numbers.

    Example:
        >>> import keras
        >>> layer = keras.layers.Dense(2); layer.build((None, 3))
        >>> redraw(layer, "kernel", "zeros", seed=0); float(layer.get_weights()[0].sum())
        0.0
    """
    setattr(layer, initializer_attribute(name), keras.initializers.get(initializer))
    assign(getattr(layer, variable_attribute(layer, name)), initializer, seed)


def redraw_kernels(layer: Any, initializer: str, seed: int) -> None:
    """Redraw every kernel a layer has of its own, the one matrix of the user's own layers too."""
    if (matrix := _own_matrix(layer)) is not None:
        assign(matrix, initializer, seed)
    for name in KERNELS:
        if getattr(layer, initializer_attribute(name), None) is not None and hasattr(layer, name):
            redraw(layer, name, initializer, seed)


def _own_matrix(layer: Any) -> Any:
    """The one matrix of a layer of the user's own class, whatever its name; else None."""
    if type(layer).__module__.startswith("keras."):
        return None
    matrices = [v for v in layer._trainable_variables if len(v.shape) > 1]
    return matrices[0] if len(matrices) == 1 and len(matrices[0].shape) == 2 else None


def assign(variable: Any, initializer: Any, seed: int) -> None:
    """Draw a variable anew with an initializer whose numbers follow from the seed."""
    variable.assign(seeded(initializer, seed)(variable.shape, dtype=variable.dtype))


def seeded(initializer: Any, seed: int) -> Any:
    """Return a fresh initializer of the same kind; random ones get this seed."""
    found = keras.initializers.get(initializer)
    config = found.get_config() if hasattr(found, "get_config") else {}
    return type(found).from_config({**config, "seed": seed}) if "seed" in config else found


def initializer_attribute(name: str) -> str:
    """The attribute that holds the initializer of a weight."""
    special = {"depthwise_kernel": "depthwise_initializer",
               "pointwise_kernel": "pointwise_initializer"}  # fmt: skip
    return special.get(name, f"{name}_initializer")


def variable_attribute(layer: Any, name: str) -> str:
    """Keras keeps a kernel that LoRA may wrap under a private name."""
    return f"_{name}" if hasattr(layer, f"_{name}") else name
