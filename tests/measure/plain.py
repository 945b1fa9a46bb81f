"""Gradients without gradmend: the backend's own autodiff, and finite differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest import mock

import keras
import numpy as np
from keras import ops
from keras.src.backend.common import dtypes

from tests.measure.networks import Network

BACKEND = keras.backend.backend()


@contextmanager
def double_precision() -> Iterator[None]:
    """Compute in float64. JAX has to be asked twice, and Keras not to promote it to float32."""
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        with mock.patch.dict(dtypes.BIT64_TO_BIT32_DTYPE, {"float64": "float64"}), _wide_jax():
            yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])


def _wide_jax() -> Any:
    if BACKEND != "jax":
        return nullcontext()
    import jax

    return jax.enable_x64(True)


def loss_of_values(network: Network) -> Callable[[list[Any], Any], Any]:
    """Return the training loss as a function of the trainable values and the input."""
    model = network.model
    state = [variable.value for variable in model.non_trainable_variables]
    weight = network.sample_weight

    def loss(values: list[Any], x: Any) -> Any:
        prediction, _ = model.stateless_call(values, state, x, training=True)
        if weight is None:
            return network.loss(prediction)
        rows = ops.mean((prediction - ops.cast(network.y, prediction.dtype)) ** 2, axis=-1)
        return ops.mean(rows * ops.cast(weight, prediction.dtype))

    return loss


def values_of(network: Network) -> list[Any]:
    return [np.array(ops.convert_to_numpy(v.value)) for v in network.model.trainable_variables]


def as_input(network: Network) -> Any:
    kind = "int32" if np.asarray(network.x).dtype.kind == "i" else keras.config.floatx()
    return ops.convert_to_tensor(network.x, dtype=kind)


def autodiff(network: Network, *, wanted: str = "values") -> list[Any]:
    """Return dL/d(trainable values) (or dL/dx, in a list of one) from the running backend."""
    loss, x = loss_of_values(network), as_input(network)
    values = [ops.convert_to_tensor(value) for value in values_of(network)]
    found = globals()[f"_{BACKEND}"](loss, values, x)
    chosen = found[:-1] if wanted == "values" else found[-1:]
    return [np.zeros(1) if g is None else np.asarray(ops.convert_to_numpy(g)) for g in chosen]


def _jax(loss: Any, values: list[Any], x: Any) -> list[Any]:
    import jax

    if "int" in str(x.dtype):
        return [*jax.jit(jax.grad(loss))(values, x), None]
    on_values, on_x = jax.jit(jax.grad(loss, argnums=(0, 1)))(values, x)
    return [*on_values, on_x]


def _tensorflow(loss: Any, values: list[Any], x: Any) -> list[Any]:
    import tensorflow as tf

    @tf.function(autograph=False)
    def differentiated(values: list[Any], x: Any) -> list[Any]:
        with tf.GradientTape() as tape:
            tape.watch(values)
            if x.dtype.is_floating:
                tape.watch(x)
            result = loss(values, x)
        found = tape.gradient(result, [*values, x] if x.dtype.is_floating else values)
        return [None if g is None else tf.convert_to_tensor(g) for g in found]

    found = differentiated(values, x)
    return [*found, None] if len(found) == len(values) else found


def _torch(loss: Any, values: list[Any], x: Any) -> list[Any]:
    import torch

    values = [value.detach().clone().requires_grad_() for value in values]
    floating = x.dtype.is_floating_point
    x = x.detach().clone().requires_grad_() if floating else x
    found = torch.autograd.grad(loss(values, x), [*values, x] if floating else values)
    return [*found, *([] if floating else [None])]


def finite_differences(network: Network, width: float = 1e-5) -> list[Any]:
    """Return dL/d(trainable values) by central differences, entry by entry. Slow, in float64."""
    loss, x, values = _compiled(loss_of_values(network)), as_input(network), values_of(network)
    found = [np.zeros_like(value) for value in values]
    for value, slope in zip(values, found, strict=True):
        for place in np.ndindex(*value.shape):
            kept = value[place]
            value[place] = kept + width
            above = loss(values, x)
            value[place] = kept - width
            below = loss(values, x)
            value[place] = kept
            slope[place] = (above - below) / (2 * width)
    return found


def _compiled(loss: Any) -> Callable[[list[Any], Any], float]:
    if BACKEND == "jax":
        import jax

        loss = jax.jit(loss)
    if BACKEND == "tensorflow":
        import tensorflow as tf

        loss = tf.function(loss, autograph=False)

    def evaluated(values: list[Any], x: Any) -> float:
        tensors = [ops.convert_to_tensor(value.copy()) for value in values]
        return float(ops.convert_to_numpy(ops.stop_gradient(loss(tensors, x))))

    return evaluated
