"""TensorFlow: `train_function(iterator) -> logs`, the iterator drawn from in the graph."""

from __future__ import annotations

import itertools
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
import tensorflow as tf
from keras.src import backend


def build(model: Any, arguments: tuple[Any, ...]) -> None:
    """Build a model that Keras would build while it traces its first step.

    Done as Keras does it under a distribution strategy: from the element spec, without
    data. Layers made and names taken in `build` are the same ones, in the same order.
    """
    if all(layer.built for layer in model._flatten_layers()):
        return
    x, _, _ = keras.utils.unpack_x_y_sample_weight(arguments[0].element_spec)
    symbolic = keras.tree.map_structure(
        lambda spec: keras.KerasTensor(tuple(spec.shape), spec.dtype.name), x
    )
    backend.compute_output_spec(model, symbolic, training=False)


def peek(model: Any, arguments: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Take the batches of the first call, and hand them over in an iterator of their own.

    It has the element spec of the user's, so the step is traced once, for both. A
    distributed iterator is left alone: its batches are spread over the replicas.
    """
    (iterator,) = arguments
    if not isinstance(iterator, tf.data.Iterator):
        return None, arguments
    batches = list(itertools.islice(iterator, model.steps_per_execution))
    if not batches:
        return None, arguments
    return batches[0], (iter(_dataset_of(batches, iterator.element_spec)),)


def variables_in_place(model: Any, arguments: tuple[Any, ...]) -> AbstractContextManager[None]:
    """Do nothing: variables hold their values throughout."""
    return nullcontext()


def values(model: Any, result: Any) -> tuple[list[Any], list[Any]]:
    """Read the variables."""
    trainable = [tf.convert_to_tensor(v.value) for v in model.trainable_variables]
    return trainable, [tf.convert_to_tensor(v.value) for v in model.non_trainable_variables]


def logs(result: Any) -> Any:
    """Return the result, which is the logs."""
    return result


def _dataset_of(batches: list[Any], spec: Any) -> tf.data.Dataset:
    dataset = tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=spec)
    try:
        for _ in dataset:
            pass
    except Exception:  # noqa: BLE001 - an element type that generators cannot yield: keep it as constants
        parts = [tf.data.Dataset.from_tensors(batch) for batch in batches]
        dataset = parts[0]
        for part in parts[1:]:
            dataset = dataset.concatenate(part)
    return dataset
