"""The forward pass and the loss of one training step, computed without touching the model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops, tree
from keras.src import backend
from keras.src.models.functional import Functional
from keras.src.trainers.compile_utils import CompileLoss


@dataclass(slots=True)
class StepLoss:
    """What one forward pass gives: the loss in its parts, the prediction, the new state."""

    total: Any
    penalty: Any
    prediction: Any
    non_trainable: list[Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch as backend tensors."""

    x: Any
    y: Any
    sample_weight: Any
    size: int


def training_loss(
    model: keras.Model, trainable: Any, non_trainable: Any, batch: Batch, training: bool = True
) -> StepLoss:
    """Run the model on given values of its variables, as its own `train_step` would.

    Every variable is read from and written to a stateless scope: the model keeps its
    weights, its batch-norm averages, its seeds and its metrics.
    """
    kwargs = {"training": training} if model._call_has_training_arg else {}
    prediction, new_state, losses = model.stateless_call(
        trainable, non_trainable, batch.x, return_losses=True, **kwargs
    )
    penalty: Any = sum((ops.sum(ops.cast(term, "float32")) for term in losses), ops.zeros(()))
    metrics = [variable.value for variable in model.metrics_variables]
    try:
        with _forward_losses(model, losses):
            total, _ = model.stateless_compute_loss(
                trainable, new_state, metrics,
                x=batch.x, y=batch.y, y_pred=prediction,
                sample_weight=batch.sample_weight, training=training,
            )  # fmt: skip
    except RuntimeError:
        total = _loss_of_nothing(prediction)
        if total is None:
            raise
    return StepLoss(total, penalty, prediction, new_state)


def _loss_of_nothing(prediction: Any) -> Any:
    """Return NaN for outputs that hold NaN, where PyTorch's binary cross-entropy raises instead."""
    if keras.backend.backend() != "torch":  # elsewhere values may be traced, and nothing raises
        return None
    leaves = [ops.cast(leaf, "float32") for leaf in tree.flatten(prediction)]
    if all(bool(ops.all(ops.isfinite(leaf))) for leaf in leaves):
        return None
    return math.nan * sum(ops.sum(leaf) for leaf in leaves)


@contextmanager
def _forward_losses(model: keras.Model, losses: list[Any]) -> Iterator[None]:
    """Hand the losses of the forward pass to `compute_loss`, as Keras' JAX trainer does."""
    old = model._losses_override
    object.__setattr__(model, "_losses_override", list(losses))
    try:
        yield
    finally:
        object.__setattr__(model, "_losses_override", old)


@contextmanager
def private_compile_loss(model: keras.Model, batch: Batch, spec: Any) -> Iterator[Any]:
    """Let the model use a loss container of ours, already built, for a while.

    Keras builds its container, with metric variables inside, at the first loss; doing
    that to the user's would leave a trace. Yields the container or None.
    """
    own = model._compile_loss
    if own is None:
        yield None
        return
    ours = CompileLoss(
        loss=own._user_loss, loss_weights=own._user_loss_weights, output_names=own.output_names
    )
    ours.build(in_order(batch.y, spec, own), spec)
    object.__setattr__(model, "_compile_loss", ours)
    try:
        yield ours
    finally:
        object.__setattr__(model, "_compile_loss", own)


def in_order(y: Any, spec: Any, container: Any) -> Any:
    """Return targets in the structure of the outputs `spec`, as Keras takes them too.

    A dict of targets may stand for a list of outputs, a bare array for a list of one, a list of
    one for a bare output, and a tuple for a list. Outputs without a loss need no target.

    Args:
        y: Targets as `fit` was given them.
        spec: The outputs of the model.
        container: The loss container of the model, which knows their names and losses.
    """
    names = container.output_names
    if isinstance(y, dict) and isinstance(spec, list | tuple) and names:
        return [y.get(name) for name in names]
    try:
        tree.assert_same_structure(spec, y)
    except (ValueError, TypeError):
        leaves = tree.flatten(y)
        if isinstance(y, dict):
            return y
        if len(leaves) == len(tree.flatten(spec)):
            return tree.pack_sequence_as(spec, leaves)
        placed = _beside_none(leaves, spec, container._user_loss)
        return y if placed is None else placed
    return y


def _beside_none(leaves: list[Any], spec: Any, losses: Any) -> Any:
    """Give the targets to the outputs that have a loss, as in `loss=["mse", None]`; else None."""
    flat = tree.flatten(losses) if isinstance(losses, list | tuple) else []
    places = [place for place, loss in enumerate(flat) if loss is not None]
    if len(places) != len(leaves) or len(flat) != len(tree.flatten(spec)):
        return None
    given = dict(zip(places, leaves, strict=True))
    return tree.pack_sequence_as(spec, [given.get(place) for place in range(len(flat))])


def prediction_spec(model: keras.Model, x: Any) -> Any:
    """Return the shapes and dtypes of the model's outputs for a batch, without computing them."""
    graph = getattr(model, "_functional", None) or model
    if isinstance(graph, Functional):
        outputs = tree.map_structure(
            lambda t: keras.KerasTensor(t.shape, t.dtype), graph._outputs_struct
        )
        # A list of one output is called for and unpacked: `Model(inputs, [outputs])`.
        return outputs[0] if isinstance(outputs, list | tuple) and len(outputs) == 1 else outputs
    specs = tree.map_structure(
        lambda t: (
            None if t is None else keras.KerasTensor(t.shape, backend.standardize_dtype(t.dtype))
        ),
        x,
    )
    kwargs = {"training": False} if model._call_has_training_arg else {}
    return backend.compute_output_spec(model, specs, **kwargs)
