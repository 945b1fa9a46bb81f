"""Weaken what holds the weights back: penalties, dropout, decay, constraints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras

from gradmend.errors import ModelError, teach
from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at, layers_by_path
from gradmend.treatments.weaken_regularization import (
    CONSTRAINT,
    DROPOUT,
    USUAL_DECAY,
    USUAL_DROPOUT,
    WEIGHT_DECAY,
    factor_of,
)


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with the one that the finding speaks of weakened."""
    if prescription.answers == WEIGHT_DECAY:
        mild = fresh_optimizer(model.optimizer, weight_decay=USUAL_DECAY)
        return compile_like(model, model, optimizer=mild)
    if prescription.answers == DROPOUT:
        for layer in layers_at(model, prescription.where):
            layer.rate = USUAL_DROPOUT
        return compile_like(model, model)
    if prescription.answers == CONSTRAINT:
        _free(layers_at(model, prescription.where))
        return compile_like(model, model)
    _scale_penalties(model, factor_of(material.measurements))
    return compile_like(model, model)


def _free(layers: Iterable[Any]) -> None:
    """Take the constraints off; Keras applies those that the variables hold."""
    for layer in layers:
        if getattr(layer, "kernel_constraint", None) is not None:
            layer.kernel_constraint = None
        for variable in layer.trainable_variables:
            variable.constraint = None


def _scale_penalties(model: keras.Model, factor: float) -> None:
    """Multiply every regularizer; Keras reads that of a built layer from its variable."""
    new: dict[int, Any] = {}
    for owner in (*layers_by_path(model).values(), *model.variables):
        for name, old in _penalties(owner):
            setattr(owner, name, new.setdefault(id(old), _scaled(old, factor)))
    if not new:
        raise ModelError(_none_known(model))


def _penalties(owner: Any) -> list[tuple[str, Any]]:
    held = [(name, value) for name, value in vars(owner).items() if "regularizer" in name]
    held = held or [("regularizer", getattr(owner, "regularizer", None))]
    kind = keras.regularizers.Regularizer
    return [(name.removeprefix("_"), value) for name, value in held if isinstance(value, kind)]


def _scaled(penalty: Any, factor: float) -> Any:
    config = penalty.get_config()
    strengths = {k: v * factor for k, v in config.items() if isinstance(v, int | float)}
    return type(penalty).from_config({**config, **strengths})


def _none_known(model: keras.Model) -> str:
    return teach(
        f"the penalty of '{model.name}' cannot be weakened from outside.",
        expected="regularizers of layers, such as kernel_regularizer=L2(1.0)",
        received="a penalty without any",
        means="a layer of yours calls add_loss.",
        attempt="multiply by a small factor what is given to add_loss.",
    )
