"""What the other arms may change: the solutions of AUTOTRAINER, by their published order.

Source: Zhang, Zhai, Ma & Shen (2021), AUTOTRAINER, ICSE, and the order "balance" of its public
repository, AutoTrainer/utils/repair.py. Its solutions for overfitting have no place here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from gradmend.records import Grade, Measurements, Prescription, Symptom
from gradmend.treatments.surgery import Material, operate
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer
from gradmend.treatments.surgery.drawing import redraw_kernels
from gradmend.treatments.surgery.lower_learning_rate import with_rate
from gradmend.treatments.surgery.places import layers_at

Change = Callable[[Any, Measurements, int], Any]


def hidden(m: Measurements) -> tuple[str, ...]:
    """The paths of the dense and convolutional layers that are no head."""
    heads = {output.layer for output in m.outputs}
    found = [c for c in m.calls if c.role in ("dense", "conv") and c.call == 1]
    return tuple(call.path for call in found if call.path not in heads)


def activation(name: str) -> Change:
    """Set an activation on every hidden layer that has one; weights stay as they are."""

    def change(model: Any, m: Measurements, seed: int) -> Any:
        for layer in layers_at(model, hidden(m)):
            if getattr(layer, "activation", None) is not keras.activations.linear:
                layer.activation = keras.activations.get(name)
        return compile_like(model, model)

    return change


def initializer(model: Any, m: Measurements, seed: int) -> Any:
    """He-uniform kernels in hidden layers."""
    for number, layer in enumerate(layers_at(model, hidden(m))):
        redraw_kernels(layer, "he_uniform", seed + number)
    return model


def normalization(model: Any, m: Measurements, seed: int) -> Any:
    """Batch normalization behind every hidden layer."""
    cure = Prescription(
        treatment="add-normalization", title="", grade=Grade.CHANGES_FUNCTION, answers="",
        where=hidden(m),
    )  # fmt: skip
    return operate(model, cure, Material(measurements=m), given=True)


def clipping(model: Any, m: Measurements, seed: int) -> Any:
    """`clipvalue=10`, the threshold of AUTOTRAINER."""
    return compile_like(model, model, optimizer=fresh_optimizer(model.optimizer, clipvalue=10.0))


def adam(model: Any, m: Measurements, seed: int) -> Any:
    """Adam at its default rate."""
    return compile_like(model, model, optimizer=keras.optimizers.Adam())


def rate(factor: float) -> Change:
    """The learning rate times a factor."""
    return lambda model, m, seed: with_rate(model, factor)


MENU: dict[str, Change] = {
    "selu": activation("selu"),
    "relu": activation("relu"),
    "tanh": activation("tanh"),
    "leaky-relu": activation("leaky_relu"),
    "batch-norm": normalization,
    "he-uniform": initializer,
    "clip": clipping,
    "adam": adam,
    "lower-rate": rate(0.1),
    "higher-rate": rate(10.0),
}
ORDER: dict[Symptom, tuple[str, ...]] = {
    Symptom.VANISHING: ("selu", "relu", "batch-norm"),
    Symptom.ZERO_GRADIENT: ("selu", "relu", "batch-norm"),
    Symptom.EXPLODING: ("selu", "relu", "clip", "tanh", "batch-norm"),
    Symptom.NON_FINITE: ("selu", "relu", "clip", "tanh", "batch-norm"),
    Symptom.DEAD_UNITS: ("selu", "batch-norm", "he-uniform", "leaky-relu"),
    Symptom.SATURATED: ("selu", "relu", "batch-norm"),
    Symptom.NOT_LEARNING: ("adam", "lower-rate", "higher-rate"),
}
