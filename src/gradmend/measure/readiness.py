"""Refuse what cannot be measured, in words that help, before any work is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from keras import ops, tree
from keras.src import backend
from keras.src.trainers.trainer import Trainer

from gradmend.errors import DataError, GradmendError, MeasurementError, ModelError, teach
from gradmend.measure.loss import (
    BINARY_LOSSES,
    SPARSE_LOSSES,
    at_path,
    from_logits,
    loss_name,
)
from gradmend.measure.own_step import has_own_step
from gradmend.measure.step import Batch, in_order, private_compile_loss

STEPPING = frozenset({"jax", "tensorflow", "torch"})
# What Keras puts before the message of whatever a layer raises.
FRAME = "Exception encountered when calling"


def made_ready(model: Any, batch: Batch) -> tuple[str, ...]:
    """Check that the model can be measured, build it if need be; return notes for the record.

    Raises:
        ModelError: not a Keras model, not compiled, no loss, an optimizer of another backend.
        DataError: a batch that does not fit.
    """
    if not isinstance(model, keras.Model):
        raise ModelError(_not_a_model(model))
    if not model.compiled:
        raise ModelError(_not_compiled(model))
    if model._compile_loss is None and not _own_loss(model) and not has_own_step(model):
        raise ModelError(_no_loss(model))
    if keras.backend.backend() in STEPPING and is_foreign(model.optimizer):
        raise ModelError(_foreign(model.optimizer))
    if batch.y is None and model._compile_loss is not None and not _own_loss(model):
        raise DataError(_no_target())
    return _built(model, batch)


def is_foreign(optimizer: Any) -> bool:
    """Tell whether an optimizer is of a class that Keras keeps for another backend.

    A file that was saved under PyTorch names such a class; loaded elsewhere, it cannot step.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    home = f"keras.src.backend.{keras.backend.backend()}."
    return any(
        c.__module__.startswith("keras.src.backend.") and not c.__module__.startswith(home)
        for c in type(inner).__mro__
        if ".optimizers." in c.__module__
    )


def loss_is_in_own_step(model: keras.Model) -> bool:
    """Tell whether only the model's own `train_step` knows the loss."""
    return model._compile_loss is None and not _own_loss(model) and has_own_step(model)


def _own_loss(model: keras.Model) -> bool:
    """Tell whether the loss may come from `compute_loss` or from `add_loss` in a layer."""
    overridden = type(model).compute_loss is not Trainer.compute_loss
    return overridden or any(_adds_loss(layer) for layer in model._flatten_layers())


def _adds_loss(layer: Any) -> bool:
    code = getattr(type(layer).call, "__code__", None)
    return code is not None and "add_loss" in code.co_names


def _built(model: keras.Model, batch: Batch) -> tuple[str, ...]:
    unbuilt = not model.built or any(
        not layer.built for layer in model._flatten_layers(include_self=False)
    )
    if not unbuilt:
        return ()
    with translated(model, batch):
        specs = tree.map_structure(
            lambda t: keras.KerasTensor(t.shape, backend.standardize_dtype(t.dtype)), batch.x
        )
        kwargs = {"training": False} if model._call_has_training_arg else {}
        backend.compute_output_spec(model, specs, **kwargs)
    return ("the model was not built yet: it was built on this batch, as fit would.",)


@contextmanager
def translated(model: keras.Model, batch: Batch) -> Iterator[None]:
    """Turn what Keras or the backend raises on a batch into an error that teaches."""
    try:
        yield
    except GradmendError:
        raise
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise DataError(_does_not_fit(model, batch, error)) from error
    except Exception as error:
        raise MeasurementError(_trouble(model, error)) from error


def refuse_impossible_labels(model: keras.Model, batch: Batch, spec: Any) -> None:
    """Raise DataError when an integer target names a class the model has no unit for.

    `spec` has the structure and the shapes of the prediction.
    """
    for _, labels, units in _labels(model, batch, spec):
        _refuse_labels(labels, units)


def with_possible_labels(model: keras.Model, batch: Batch, spec: Any) -> Batch:
    """Return the batch with every label moved to the nearest one that the loss can read.

    TensorFlow and PyTorch raise on a class without a unit, PyTorch on a binary label outside
    0..1 too, where the others compute on: what lies before the loss can be measured on all
    three. The batch itself comes back when nothing moved.
    """
    y = batch.y
    limits = [(path, labels, units - 1) for path, labels, units in _labels(model, batch, spec)]
    if backend.backend() == "torch":
        limits += [(path, labels, 1) for path, labels in _binary_labels(model, batch, spec)]
    for path, labels, highest in limits:
        if labels.size and (labels.min() < 0 or labels.max() > highest):
            y = _moved(in_order(y, spec, model._compile_loss), path, highest)
    return replace(batch, y=y)


def _moved(y: Any, path: tuple[Any, ...], highest: int) -> Any:
    if not path:
        return ops.clip(y, 0, highest)
    inside = {key: y[key] for key in y} if isinstance(y, dict) else list(y)
    inside[path[0]] = _moved(y[path[0]], path[1:], highest)
    return inside if isinstance(y, dict) else type(y)(inside)


def _binary_labels(model: keras.Model, batch: Batch, spec: Any) -> Iterator[tuple[Any, Any]]:
    """Yield path and labels of each binary cross-entropy over probabilities."""
    with private_compile_loss(model, batch, spec) as container:
        for path, loss, _, _ in [] if container is None else container._flat_losses:
            if loss_name(loss) in BINARY_LOSSES and not from_logits(loss):
                y = in_order(batch.y, spec, container)
                yield path, np.asarray(ops.convert_to_numpy(at_path(y, path)))


def _labels(model: keras.Model, batch: Batch, spec: Any) -> Iterator[tuple[Any, Any, int]]:
    """Yield path, labels that are not ignored, and number of classes of each sparse loss."""
    with private_compile_loss(model, batch, spec) as container:
        losses = [] if container is None else list(container._flat_losses)
        for path, loss, _, _ in losses:
            if loss_name(loss) in SPARSE_LOSSES:
                y = in_order(batch.y, spec, container)
                labels = np.asarray(ops.convert_to_numpy(at_path(y, path)))
                named = labels[labels != getattr(loss, "ignore_class", None)]
                yield path, named, int(at_path(spec, path).shape[-1])


def _refuse_labels(labels: Any, units: int) -> None:
    low, high = labels.min(initial=0), labels.max(initial=0)
    if low < 0 or high >= units:
        raise DataError(
            teach(
                "the targets name classes that the model has no output unit for.",
                expected=f"integers from 0 to {units - 1} (the last layer has {units} units)",
                received=f"targets from {low:g} to {high:g}",
                means="labels that start at 1, a class missing from the last layer, or a "
                "'no label' value such as -1.",
                attempt=f"y = y - y.min(), or a last layer of {int(high) + 1} units; for "
                "'no label', SparseCategoricalCrossentropy(ignore_class=-1).",
            )
        )


def _not_a_model(model: Any) -> str:
    return teach(
        "this is not a Keras 3 model.",
        expected="a keras.Model (Sequential, Functional or subclassed)",
        received=f"{type(model).__module__}.{type(model).__name__}",
        means="a bare layer, a torch module, or a model of legacy Keras 2 (tf_keras).",
        attempt="keras.Sequential([layer]) around a layer; port tf_keras code to keras 3.",
    )


def _not_compiled(model: keras.Model) -> str:
    return teach(
        f"the model '{model.name}' is not compiled.",
        expected="a model with an optimizer and a loss",
        received="a model on which compile() was not called",
        means="it was loaded with compile=False, or compile() comes later in the program.",
        attempt='model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")',
    )


def _foreign(optimizer: Any) -> str:
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    name = type(inner).__name__
    theirs = type(inner).__module__.removeprefix("keras.src.backend.").partition(".")[0]
    return teach(
        f"the optimizer of this model is Keras' {name} for {theirs}, and cannot step here.",
        expected=f"an optimizer for {keras.backend.backend()}",
        received=f"{type(inner).__module__}.{name}",
        means=f"the model was saved under {theirs}: Keras writes that class into the file.",
        attempt=f"model.optimizer = keras.optimizers.{name}.from_config("
        f"model.optimizer.get_config()), or KERAS_BACKEND={theirs}.",
    )


def _no_loss(model: keras.Model) -> str:
    return teach(
        f"the model '{model.name}' has no loss.",
        expected="compile(loss=...), add_loss() in a layer, or a compute_loss() of its own",
        received="compile() without a loss",
        means="the loss is computed inside a custom train_step, where it cannot be seen.",
        attempt='model.compile(optimizer, loss="mse"), or move the loss into compute_loss().',
    )


def _no_target() -> str:
    return teach(
        "there are no targets.",
        expected="check(model, x, y), or a dataset of (x, y)",
        received="y=None",
        means="the dataset yields inputs only, or y was forgotten.",
        attempt="check(model, x, y)",
    )


def _shapes(data: Any) -> Any:
    return tree.map_structure(lambda t: None if t is None else tuple(t.shape), data)


def _does_not_fit(model: keras.Model, batch: Batch, error: Exception) -> str:
    wanted = getattr(model, "input_shape", None) if getattr(model, "inputs", None) else None
    given = getattr(model, "output_shape", None) if getattr(model, "outputs", None) else None
    return teach(
        f"the batch does not fit the model '{model.name}': {_first_line(error)}",
        expected=f"input {wanted or 'as the model was written for'}, "
        f"target for an output {given or 'of its last layer'}",
        received=f"x of shape {_shapes(batch.x)}, y of shape {_shapes(batch.y)}",
        means="a missing channel or batch axis, labels as integers where one-hot is wanted "
        "(or the reverse), or another order of inputs.",
        attempt="print(model.input_shape, model.output_shape, x.shape, y.shape) and compare.",
    )


def _trouble(model: keras.Model, error: Exception) -> str:
    return teach(
        f"the model '{model.name}' raised {type(error).__name__} while it was being measured: "
        f"{_first_line(error)}",
        expected="a forward and a backward pass on one batch",
        received=f"{type(error).__name__}",
        means="the model's own code raises on this batch, or on being traced.",
        attempt="model.train_on_batch(x, y) on a clone: if that raises too, mend that first.",
    )


def _first_line(error: Exception) -> str:
    """Return the first line that says something: Keras leads with a frame and prints it bold."""
    text = re.sub(r"\x1b\[\d+m", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].startswith(FRAME):
        lines[:2] = [f"{lines[0].removeprefix(FRAME).rstrip('.').strip()}: {lines[1]}"]
    return lines[0][:300] if lines else type(error).__name__
