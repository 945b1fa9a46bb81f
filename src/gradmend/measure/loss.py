"""The loss in its parts, and the loss of a predictor that has learned nothing.

The best constant prediction (class prior, mean or median) needs no input at all: a
model that does not beat it has not learned. Source: gradmend uses the loss's own
function, so that reductions, weights and `from_logits` count as in training.
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops, tree

from gradmend.measure._adapter import Array
from gradmend.measure.preserve import preserved
from gradmend.measure.step import (
    Batch,
    in_order,
    prediction_spec,
    private_compile_loss,
    training_loss,
)

CLASS_LOSSES = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy",
                          "kl_divergence"})  # fmt: skip
SPARSE_LOSSES = frozenset({"sparse_categorical_crossentropy"})
BINARY_LOSSES = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
TINY = 1e-7  # as Keras clips probabilities


def loss_name(loss: Any) -> str:
    """Return the snake_case name of a Keras loss, or the name of a custom one."""
    function = getattr(loss, "fn", None)
    return str(getattr(function, "__name__", None) or getattr(loss, "name", type(loss).__name__))


def from_logits(loss: Any) -> bool | None:
    """Return the loss's `from_logits`, its default when not set, None where it has none."""
    function = getattr(loss, "fn", None)
    parameters = {} if function is None else inspect.signature(function).parameters
    default = parameters["from_logits"].default if "from_logits" in parameters else None
    value = getattr(loss, "_fn_kwargs", {}).get("from_logits", default)
    value = getattr(loss, "from_logits", None) if value is None else value
    return None if value is None else bool(value)


def at_path(structure: Any, path: tuple[Any, ...]) -> Any:
    """Follow the keys and indices of a `CompileLoss` path."""
    for key in path:
        structure = structure[key]
    return structure


def trivial_loss(
    model: keras.Model, y: Any, prediction_shapes: Any = None, sample_weight: Any = None
) -> float | None:
    """Return the loss of the best constant prediction for the targets `y`.

    Args:
        model: A compiled model.
        y: Targets, as given to `fit`: one array or a structure of arrays.
        prediction_shapes: Shapes of the flat outputs (batch axis first, its size is
            ignored); needed only for subclassed models.
        sample_weight: As given to `fit`.

    Returns:
        The loss, or None where no constant could be formed (no compiled loss, a
        custom loss that compares something else than prediction and target).

    Example:
        >>> import keras, numpy as np
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile(loss="mse")
        >>> trivial_loss(model, np.array([[0.0], [2.0]]))
        1.0
    """
    if model._compile_loss is None or y is None:
        return None
    spec = _output_spec(model, prediction_shapes)
    if spec is None:
        return None
    rows = len(tree.flatten(y)[0])
    batch = Batch(None, y, sample_weight, rows)
    with preserved(model), private_compile_loss(model, batch, spec) as container:
        return trivial_sum(container, y, spec, sample_weight)


def trivial_sum(container: Any, y: Any, spec: Any, sample_weight: Any) -> float | None:
    """Return the trivial losses of all outputs, added up with their loss weights.

    Args:
        container: A built `CompileLoss`, or None.
        y: Targets of the batch.
        spec: Anything with the structure and the shapes of the prediction.
        sample_weight: As in `fit`.
    """
    if container is None or y is None:
        return None
    try:
        terms = list(_trivial_terms(container, y, spec, sample_weight))
    except Exception:  # noqa: BLE001 - a custom loss may not take constants; then there is no number
        return None
    return float(sum(terms)) if terms and math.isfinite(sum(terms)) else None


def _output_spec(model: keras.Model, shapes: Any) -> Any:
    outputs = getattr(model, "outputs", None)
    if outputs:
        return prediction_spec(model, None)
    if shapes is None:
        return None
    flat = [keras.KerasTensor(tuple(shape), "float32") for shape in shapes]
    return flat[0] if len(flat) == 1 else flat


def _trivial_terms(container: Any, y: Any, spec: Any, sample_weight: Any) -> Iterator[float]:
    weights_match = sample_weight is not None and tree.is_nested(sample_weight)
    y = in_order(y, spec, container)
    for path, loss, weight, _ in container._flat_losses:
        target = np.asarray(ops.convert_to_numpy(at_path(y, path)))
        shape = (len(target), *tuple(at_path(spec, path).shape)[1:])
        weights = at_path(sample_weight, path) if weights_match else sample_weight
        yield trivial_term(loss, target, shape, weights) * (1.0 if weight is None else weight)


def trivial_term(loss: Any, target: Array, shape: tuple[Any, ...], weights: Any = None) -> float:
    """Return one loss at its best constant prediction of the given shape.

    Raises:
        ValueError: target and prediction differ in size, so that no constant is the best.
    """
    rows = None if weights is None else _per_row(np.asarray(ops.convert_to_numpy(weights)))
    values = []
    for constant in _constants(loss_name(loss), bool(from_logits(loss)), target, shape, rows):
        prediction = np.broadcast_to(constant, shape).astype(keras.config.floatx())
        value = loss(
            ops.convert_to_tensor(target), ops.convert_to_tensor(prediction), sample_weight=weights
        )
        values.append(float(ops.convert_to_numpy(value)))
    return min(values)


def _per_row(weights: Array) -> Array:
    return np.asarray(weights.reshape(len(weights), -1).mean(axis=1), dtype=np.float64)


def _constants(
    name: str, logits: bool, y: Array, shape: tuple[Any, ...], rows: Array | None
) -> Iterator[Array]:
    if name in SPARSE_LOSSES:
        prior = _prior(y, shape[-1], rows)
        yield np.log(prior + TINY) if logits else prior
    elif name in CLASS_LOSSES:
        steps = y.reshape(len(y), -1, y.shape[-1]).mean(axis=1)
        prior = np.average(steps, axis=0, weights=rows)
        yield np.log(prior + TINY) if logits else prior
    elif name in BINARY_LOSSES:
        flat = y.reshape(len(y), -1)
        rate = np.average(flat, axis=0, weights=rows).reshape(_feature_shape(y, shape))
        yield np.log((rate + TINY) / (1 - rate + TINY)) if logits else rate
    else:
        flat = y.reshape(len(y), -1).astype(float)
        for middle in (np.average(flat, axis=0, weights=rows), _median(flat, rows)):
            yield middle.reshape(_feature_shape(y, shape))


def _prior(y: Array, classes: int, rows: Array | None) -> Array:
    """Return the share of every class; labels outside the range count for none."""
    labels = y.reshape(len(y), -1).astype(int)
    weights = np.broadcast_to(np.ones(len(y)) if rows is None else rows, labels.T.shape).T
    known = (labels >= 0) & (labels < classes)
    counts = np.bincount(labels[known], weights=weights[known], minlength=classes)
    return np.asarray(counts / (counts.sum() or 1))


def _median(flat: Array, rows: Array | None) -> Array:
    if rows is None:
        return np.asarray(np.median(flat, axis=0))
    order = np.argsort(flat, axis=0)
    reached = np.cumsum(rows[order], axis=0)
    middle = np.argmax(reached >= reached[-1] / 2, axis=0)
    return np.asarray(np.take_along_axis(flat, order, axis=0)[middle, np.arange(flat.shape[1])])


def _feature_shape(y: Array, shape: tuple[Any, ...]) -> tuple[int, ...]:
    known = [size for size in shape[1:] if size is not None]
    if int(np.prod(known)) != y[0].size:
        raise ValueError(f"a target of shape {y.shape[1:]} for a prediction of shape {shape[1:]}")
    return tuple(known)


def evaluate_data_loss(model: keras.Model, x: Any, y: Any, sample_weight: Any = None) -> float:
    """Return the loss of the model as it is now, in inference mode, without penalties.

    Args:
        model: A compiled, built model. It is left bit-for-bit as it was.
        x: One batch of inputs.
        y: Its targets.
        sample_weight: As in `fit`.
    """
    from gradmend.measure.batch import batches_of

    batch = next(batches_of(x, y, sample_weight, batch_size=_rows(x)))
    spec = prediction_spec(model, batch.x)
    trainable = [variable.value for variable in model.trainable_variables]
    non_trainable = [variable.value for variable in model.non_trainable_variables]
    with preserved(model), private_compile_loss(model, batch, spec), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras' and the user's own warnings come at fit
        found = training_loss(model, trainable, non_trainable, batch, training=False)
        total, penalty = (
            float(ops.convert_to_numpy(ops.stop_gradient(part)))
            for part in (found.total, found.penalty)
        )
    return total - penalty


def _rows(x: Any) -> int | None:
    leaf = tree.flatten(x)[0]
    return int(leaf.shape[0]) if hasattr(leaf, "shape") and len(leaf.shape) else None
