"""One small model per kind that Keras knows, with a batch that fits it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers

from tests.behaviour.custom import OwnLoss, OwnStep, Subclassed

ROWS = 12
Case = tuple[keras.Model, Any, Any]


def _numbers(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=(ROWS, *shape)).astype("float32")


def _labels(classes: int) -> Any:
    return np.arange(ROWS) % classes


def _compiled(
    model: keras.Model, loss: Any = "sparse_categorical_crossentropy", **options: Any
) -> Any:
    model.compile(options.pop("optimizer", "adam"), loss, **options)
    return model


def sequential() -> Case:
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, "tanh"),
            layers.Dropout(0.3),
            layers.Dense(3, "softmax"),
        ]
    )
    return _compiled(model, metrics=["accuracy"]), _numbers(6), _labels(3)


def sequential_without_input() -> Case:
    model = keras.Sequential([layers.Dense(8, "relu"), layers.Dense(3, "softmax")])
    return _compiled(model), _numbers(6), _labels(3)


def convolutional() -> Case:
    model = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(4, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.SeparableConv2D(5, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, "softmax"),
        ]
    )
    return _compiled(model), _numbers(8, 8, 2), _labels(3)


def branches() -> Case:
    left, right = keras.Input((6,), name="left"), keras.Input((4,), name="right")
    a = layers.Dense(5, "relu", name="a")(left)
    b = layers.Dense(5, "relu", name="b")(right)
    both = layers.Add(name="both")([a, b])
    first = layers.Dense(3, "softmax", name="first")(both)
    second = layers.Dense(1, name="second")(layers.Concatenate()([both, a * 2.0]))
    model = keras.Model({"left": left, "right": right}, {"first": first, "second": second})
    losses = {"first": "sparse_categorical_crossentropy", "second": "mse"}
    _compiled(model, losses, loss_weights={"first": 1.0, "second": 0.5})
    x = {"left": _numbers(6), "right": _numbers(4, seed=1)}
    return model, x, {"first": _labels(3), "second": _numbers(1, seed=2)}


def shared_and_nested() -> Case:
    inner = keras.Sequential(
        [keras.Input((6,)), layers.Dense(6, "tanh", name="in_inner")], name="inner"
    )
    shared = layers.Dense(6, "tanh", name="shared")
    x = keras.Input((6,))
    y = shared(inner(shared(x)))
    model = keras.Model(x, layers.Dense(3, "softmax", name="head")(y))
    return _compiled(model), _numbers(6), _labels(3)


def subclassed() -> Case:
    return _compiled(Subclassed()), _numbers(6), _labels(3)


def own_compute_loss() -> Case:
    model = OwnLoss()
    model.compile("sgd")
    return model, _numbers(6), _numbers(2, seed=3)


def own_train_step() -> Case:
    return _compiled(OwnStep(), "mse"), _numbers(6), _numbers(2, seed=3)


def embedding_lstm_masked() -> Case:
    model = keras.Sequential(
        [
            keras.Input((7,), dtype="int32"),
            layers.Embedding(20, 5, mask_zero=True),
            layers.LSTM(6),
            layers.Dropout(0.5),
            layers.Dense(1, "sigmoid"),
        ]
    )
    tokens = np.random.default_rng(0).integers(1, 20, size=(ROWS, 7)).astype("int32")
    tokens[:, 5:] = 0
    return _compiled(model, "binary_crossentropy"), tokens, _labels(2).astype("float32")[:, None]


def stacked_recurrent() -> Case:
    model = keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.GRU(4, return_sequences=True),
            layers.Bidirectional(layers.SimpleRNN(4, return_sequences=True)),
            layers.TimeDistributed(layers.Dense(4, "relu")),
            layers.RNN([layers.LSTMCell(4), layers.LSTMCell(3)]),
            layers.Dense(1),
        ]
    )
    return _compiled(model, "mse"), _numbers(5, 3), _numbers(1, seed=1)


def stateful_recurrent() -> Case:
    model = keras.Sequential(
        [keras.Input(batch_shape=(ROWS, 5, 3)), layers.LSTM(4, stateful=True), layers.Dense(1)]
    )
    return _compiled(model, "mse"), _numbers(5, 3), _numbers(1, seed=1)


def transformer() -> Case:
    x = keras.Input((6, 8))
    h = layers.LayerNormalization()(x)
    h = layers.MultiHeadAttention(2, 4)(h, h)
    h = layers.Add()([x, h])
    f = layers.Dense(16, "gelu")(layers.LayerNormalization()(h))
    h = layers.Add()([h, layers.Dense(8)(f)])
    model = keras.Model(x, layers.Dense(3, "softmax")(layers.GlobalAveragePooling1D()(h)))
    return _compiled(model), _numbers(6, 8), _labels(3)


def frozen() -> Case:
    model, x, y = sequential()
    model.layers[0].trainable = False
    return _compiled(model), x, y


def regularized() -> Case:
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, "relu", kernel_regularizer="l2", activity_regularizer="l2"),
            layers.Dense(1),
        ]
    )
    return _compiled(model, "mse"), _numbers(6), _numbers(1, seed=1)


def mixed_precision() -> Case:
    policy = "mixed_float16"
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, "relu", dtype=policy),
            layers.Dense(3, dtype=policy),
            layers.Activation("softmax", dtype="float32"),
        ]
    )
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam())
    return _compiled(model, optimizer=optimizer), _numbers(6), _labels(3)


def accumulating() -> Case:
    model, x, y = sequential()
    optimizer = keras.optimizers.SGD(
        keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9),
        momentum=0.9,
        gradient_accumulation_steps=2,
        use_ema=True,
        weight_decay=1e-3,
        global_clipnorm=1.0,
    )
    return _compiled(model, optimizer=optimizer), x, y


def eager() -> Case:
    model, x, y = sequential()
    return _compiled(model, run_eagerly=True), x, y


def channels_first_reshaped() -> Case:
    model = keras.Sequential(
        [
            keras.Input((4, 9)),
            layers.Conv1D(5, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(6),
            layers.Reshape((2, 3)),
            layers.Softmax(),
        ]
    )
    return _compiled(model), _numbers(4, 9), np.stack([_labels(3), _labels(3)], axis=1)


def user_variables() -> Case:
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.GaussianNoise(0.1),
            layers.SpectralNormalization(layers.Dense(4)),
            layers.Dense(2, activation=keras.activations.mish),
        ]
    )
    return _compiled(model, keras.losses.Huber()), _numbers(6), _numbers(2, seed=1)


CASES: dict[str, Callable[[], Case]] = {
    function.__name__: function
    for function in (
        sequential,
        sequential_without_input,
        convolutional,
        branches,
        shared_and_nested,
        subclassed,
        own_compute_loss,
        own_train_step,
        embedding_lstm_masked,
        stacked_recurrent,
        stateful_recurrent,
        transformer,
        frozen,
        regularized,
        mixed_precision,
        accumulating,
        eager,
        channels_first_reshaped,
        user_variables,
    )
}
