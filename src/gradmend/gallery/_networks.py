"""The plain network that many patients vary."""

from __future__ import annotations

from typing import Any

CROSSENTROPY = "sparse_categorical_crossentropy"


def seeded(seed: int) -> Any:
    """Start Keras and NumPy from a seed; return `keras`."""
    import keras

    keras.utils.set_random_seed(seed)
    return keras


def optimizer(name: str, rate: float | dict[str, Any], **settings: Any) -> Any:
    """Return an optimizer of Keras by its name; its rate is a number, or a schedule by its name."""
    import keras

    if isinstance(rate, dict):
        rate = keras.optimizers.schedules.deserialize(rate)
    return keras.optimizers.get({"class_name": name, "config": {"learning_rate": rate, **settings}})


def mlp(
    seed: int,
    *,
    depth: int,
    activation: str,
    initializer: Any = "glorot_uniform",
    bias: Any = "zeros",
    head: str | None = "softmax",
    units: tuple[int, int, int] = (64, 64, 10),
) -> Any:
    """Return a network of `depth` equal hidden layers, not compiled.

    Args:
        seed: Where the weights start.
        depth: How many hidden layers.
        activation: Of each hidden layer.
        initializer: Of each hidden kernel; an initializer gets a seed of its own per layer.
        bias: Initializer of each hidden bias.
        head: Activation of the last layer.
        units: Inputs, units per hidden layer, outputs.
    """
    keras = seeded(seed)
    inputs, hidden, outputs = units
    model = keras.Sequential([keras.Input((inputs,))])
    for _ in range(depth):
        model.add(
            keras.layers.Dense(
                hidden,
                activation=activation,
                kernel_initializer=_fresh(initializer),
                bias_initializer=_fresh(bias),
            )
        )
    model.add(keras.layers.Dense(outputs, activation=head))
    return model


def _fresh(initializer: Any) -> Any:
    """A new initializer per layer: one instance draws the same numbers again."""
    import keras

    if isinstance(initializer, dict):
        return keras.initializers.get(initializer)
    return initializer


def drawn(name: str, **settings: float) -> dict[str, Any]:
    """Name an initializer of Keras with its settings, without importing Keras."""
    return {"class_name": name, "config": settings}
