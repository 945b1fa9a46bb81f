"""Small networks whose every activation gradient can also be had as a weight gradient.

After each layer of interest stands a `Nudge`: h + n with a weight n of zeros in the
full shape of h, batch included, so that dL/dn is dL/dh. Losses are written out by
hand, so that the road they take is not Keras' own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

ROWS = 3


class Nudge(layers.Layer):
    """Add a trainable tensor of zeros, one entry per entry of the input."""

    def __init__(self, of: str, **options: Any) -> None:
        super().__init__(name=f"nudge_{of}", **options)
        self.supports_masking = True

    def build(self, shape: Any) -> None:
        self.nudge = self.add_weight(shape=(ROWS, *shape[1:]), initializer="zeros", name="nudge")

    def call(self, x: Any) -> Any:
        return x + self.nudge

    def compute_output_shape(self, shape: Any) -> Any:
        return shape


@dataclass
class Network:
    """A compiled model, its batch, and its data loss as a function of the prediction."""

    model: keras.Model
    x: Any
    y: Any
    loss: Callable[[Any], Any]
    sample_weight: Any = None


# Weights are set by `randomized`; drawing them first would cost JAX a compilation per shape.
ZEROS = {"kernel_initializer": "zeros"}
RECURRENT = {**ZEROS, "recurrent_initializer": "zeros"}


def followed(layer: Any, *inputs: Any) -> Any:
    """Apply a layer and a nudge of its name."""
    return Nudge(layer.name)(layer(*inputs))


def numbers(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=(ROWS, *shape))


def randomized(model: keras.Model) -> None:
    """Give every weight but the nudges values that no backend drew."""
    rng = np.random.default_rng(7)
    for variable in model.trainable_variables:
        if variable.name != "nudge":
            variable.assign(0.6 * rng.normal(size=variable.shape) + (variable.name == "gamma"))


def squares(y: Any) -> Callable[[Any], Any]:
    """The mean squared error, written out."""
    return lambda prediction: ops.mean((prediction - ops.cast(y, prediction.dtype)) ** 2)


def regression(x: Any, h: Any, data: Any, sample_weight: Any = None) -> Network:
    model = keras.Model(x, followed(layers.Dense(2, **ZEROS, name="head"), h))
    model.compile("sgd", "mse")
    randomized(model)
    y = numbers(2, seed=1)
    return Network(model, data, y, squares(y), sample_weight)


def dense_and_norm() -> Network:
    x = keras.Input((4,))
    h = followed(layers.Dense(5, "tanh", **ZEROS, name="dense"), x)
    h = followed(layers.BatchNormalization(name="batch_norm"), h)
    h = followed(layers.LayerNormalization(name="layer_norm"), h)
    return regression(x, h, numbers(4))


def convolutions() -> Network:
    x = keras.Input((3, 3, 1))
    h = followed(layers.Conv2D(2, 2, activation="tanh", **ZEROS, name="conv"), x)
    h = followed(
        layers.DepthwiseConv2D(
            2, activation="sigmoid", depthwise_initializer="zeros", name="depthwise"
        ),
        h,
    )
    return regression(x, layers.Flatten()(h), numbers(3, 3, 1))


def tokens_with_mask() -> Network:
    x = keras.Input((4,), dtype="int32")
    h = followed(
        layers.Embedding(6, 3, mask_zero=True, embeddings_initializer="zeros", name="embedding"), x
    )
    h = followed(layers.LSTM(3, **RECURRENT, name="lstm"), h)
    return regression(x, h, np.array([[1, 2, 3, 0], [4, 0, 0, 0], [5, 5, 1, 2]], "int32"))


def recurrences() -> Network:
    x = keras.Input((4, 2))
    h = followed(layers.SimpleRNN(3, return_sequences=True, **RECURRENT, name="simple"), x)
    h = followed(layers.GRU(3, return_sequences=True, **RECURRENT, name="gru"), h)
    h = followed(layers.Bidirectional(layers.LSTM(2, **RECURRENT), name="both"), h)
    return regression(x, h, numbers(4, 2))


def attention() -> Network:
    x = keras.Input((3, 4))
    mixed = followed(layers.MultiHeadAttention(2, 2, **ZEROS, name="attention"), x, x)
    h = followed(layers.Add(name="residual"), [x, mixed])
    return regression(x, layers.Flatten()(h), numbers(3, 4))


def shared_and_nested() -> Network:
    inner = keras.Sequential(
        [keras.Input((3,)), layers.Dense(3, "tanh", **ZEROS, name="deep"), Nudge("inner-deep")],
        name="inner",
    )
    shared = layers.Dense(3, "tanh", **ZEROS, name="shared")
    x = keras.Input((3,))
    h = Nudge("shared")(shared(x))
    h = Nudge("shared-2nd")(shared(inner(h)))
    return regression(x, h, numbers(3), sample_weight=np.array([0.5, 2.0, 0.0]))


def two_outputs() -> Network:
    x = keras.Input((3,))
    h = followed(layers.Dense(4, "tanh", **ZEROS, name="trunk"), x)
    left = followed(layers.Dense(2, **ZEROS, name="left"), h)
    right = followed(layers.Dense(3, **ZEROS, name="right"), h)
    model = keras.Model(x, [left, right])
    logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", ["mse", logits], loss_weights=[0.25, 3.0])
    randomized(model)
    y, labels = numbers(2, seed=1), np.array([2, 0, 1])

    def loss(prediction: Any) -> Any:
        shares = ops.log_softmax(prediction[1], axis=-1)
        entropy = -ops.mean(ops.sum(shares * ops.one_hot(labels, 3, dtype=shares.dtype), axis=-1))
        return 0.25 * squares(y)(prediction[0]) + 3.0 * entropy

    return Network(model, numbers(3), [y, labels], loss)


NETWORKS: dict[str, Callable[[], Network]] = {
    make.__name__: make
    for make in (dense_and_norm, convolutions, tokens_with_mask, recurrences, attention,
                 shared_and_nested, two_outputs)
}  # fmt: skip
