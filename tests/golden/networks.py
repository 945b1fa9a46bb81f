"""Fixed networks: weights from a seeded NumPy generator, so that all backends hold the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers

Case = tuple[keras.Model, Any, Any]
ROWS = 8
LABELS = (np.arange(ROWS) % 3).astype("int32")


def _fixed(model: keras.Model, x: Any, y: Any, loss: Any, optimizer: Any = "sgd") -> Case:
    rng = np.random.default_rng(11)
    for variable in model.trainable_variables:
        fan = max(int(np.prod(variable.shape[:-1])), 1)
        variable.assign(rng.normal(size=variable.shape) / np.sqrt(fan))
    model.compile(optimizer, loss)
    return model, x, y


def _numbers(*shape: int) -> Any:
    return np.random.default_rng(5).normal(size=(ROWS, *shape)).astype("float32")


def sigmoid_tower() -> Case:
    hidden = [layers.Dense(6, "sigmoid", name=f"hidden_{i}") for i in range(6)]
    model = keras.Sequential([keras.Input((4,)), *hidden, layers.Dense(3, "softmax", name="head")],
                             name="sigmoid_tower")  # fmt: skip
    return _fixed(model, _numbers(4), LABELS, "sparse_categorical_crossentropy")


def small_convnet() -> Case:
    x = keras.Input((6, 6, 2), name="image")
    h = layers.Conv2D(4, 3, activation="relu", name="conv")(x)
    h = layers.BatchNormalization(name="norm")(h)
    h = layers.MaxPooling2D(name="pool")(h)
    h = layers.Flatten(name="flat")(h)
    model = keras.Model(x, layers.Dense(2, name="head")(h), name="small_convnet")
    return _fixed(model, _numbers(6, 6, 2), _numbers(2), "mse", "adam")


def masked_lstm() -> Case:
    x = keras.Input((5,), dtype="int32", name="tokens")
    h = layers.Embedding(9, 4, mask_zero=True, name="words")(x)
    h = layers.LSTM(4, return_sequences=True, name="lstm")(h)
    h = layers.SimpleRNN(3, name="simple")(h)
    model = keras.Model(x, layers.Dense(1, "sigmoid", name="head")(h), name="masked_lstm")
    tokens = np.random.default_rng(5).integers(1, 9, size=(ROWS, 5)).astype("int32")
    tokens[::2, 3:] = 0
    y = (np.arange(ROWS) % 2).astype("float32")[:, None]
    return _fixed(model, tokens, y, "binary_crossentropy", "rmsprop")


def attention_block() -> Case:
    x = keras.Input((4, 6), name="sequence")
    h = layers.LayerNormalization(name="before")(x)
    h = layers.MultiHeadAttention(2, 3, name="attention")(h, h)
    h = layers.Add(name="residual")([x, h])
    h = layers.GlobalAveragePooling1D(name="pool")(h)
    model = keras.Model(x, layers.Dense(2, name="head")(h), name="attention_block")
    return _fixed(model, _numbers(4, 6), _numbers(2), "mae")


def two_heads() -> Case:
    x = keras.Input((5,), name="row")
    h = layers.Dense(6, "tanh", kernel_regularizer=keras.regularizers.L2(0.01), name="trunk")(x)
    h = layers.Dense(6, "tanh", name="again")(h)
    model = keras.Model(x, {"kind": layers.Dense(3, name="kind")(h),
                            "size": layers.Dense(1, name="size")(h)}, name="two_heads")  # fmt: skip
    logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    y = {"kind": LABELS, "size": 3 * _numbers(1)}
    case = _fixed(model, _numbers(5), y, "mse")
    model.compile(keras.optimizers.SGD(0.1), {"kind": logits, "size": "mse"},
                  loss_weights={"kind": 1.0, "size": 0.5})  # fmt: skip
    return case


NETWORKS: dict[str, Callable[[], Case]] = {
    make.__name__: make
    for make in (sigmoid_tower, small_convnet, masked_lstm, attention_block, two_heads)
}
