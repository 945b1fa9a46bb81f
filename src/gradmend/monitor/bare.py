"""What can be said of a model from the outside, for a `fit` that was only followed."""

from __future__ import annotations

import math
from typing import Any

import keras

from gradmend.records import Course, LossFacts, Measurements, ModelFacts


def bare_measurements(model: Any, course: Course, *, batch_size: int, note: str) -> Measurements:
    """Return measurements without a single signal: the model's size and its course.

    Args:
        model: a built Keras model.
        course: how the loss went; its first window stands in for the loss.
        batch_size: samples in one batch of the training, 0 where unknown.
        note: why no more was measured.
    """
    total = course.losses[0] if course.losses else math.nan
    return Measurements(
        backend=keras.backend.backend(),
        keras_version=keras.__version__,
        batch_size=batch_size,
        batches=0,
        model=_facts(model),
        loss=LossFacts(total=total, data=total, penalty=0.0, trivial=course.trivial),
        notes=(note, "penalties are not told apart from the loss of the data"),
        course=course,
    )


def architecture(model: Any) -> tuple[Any, ...]:
    """Return what two models share when they differ in values only."""
    shapes = tuple((tuple(weight.shape), weight.trainable) for weight in model.weights)
    layers = tuple(type(layer).__qualname__ for layer in model._flatten_layers())
    return (type(model).__qualname__, layers, shapes)


def _facts(model: Any) -> ModelFacts:
    layers = list(model._flatten_layers(include_self=False))
    return ModelFacts(
        name=model.name,
        kind=_kind(model),
        layers=len(layers),
        parameters=_numbers(model.weights),
        trainable_parameters=_numbers(model.trainable_weights),
        frozen_layers=sum(not layer.trainable for layer in layers if layer.weights),
        precision=model.dtype_policy.name,
        custom_train_step=type(model).train_step is not keras.Model.train_step,
    )


def _kind(model: Any) -> str:
    if isinstance(model, keras.Sequential):
        return "Sequential"
    # Every functional model has its graph; a subclass of Model has none.
    return "Functional" if hasattr(model, "_nodes_by_depth") else "Subclassed"


def _numbers(weights: Any) -> int:
    return sum(math.prod(weight.shape) for weight in weights)
