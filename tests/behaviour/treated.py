"""One small patient per treatment, and the prescription it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers

from gradmend.measure import measure
from gradmend.records import Grade, Measurements, Prescription
from gradmend.treatments.surgery import Material

ROWS = 64
# JAX compiles every operation of an eager step by itself; TensorFlow traces longer than it trains.
EAGER = keras.backend.backend() != "jax"
RANDOM = np.random.default_rng(0)
X = (40.0 + 10.0 * RANDOM.normal(size=(ROWS, 6))).astype("float32")
CLASSES = np.arange(ROWS) % 3
NUMBERS = (500.0 + 100.0 * RANDOM.normal(size=(ROWS, 1))).astype("float32")
SERIES = RANDOM.normal(size=(ROWS, 9, 4)).astype("float32")
IMAGES = RANDOM.normal(size=(ROWS, 6, 6, 3)).astype("float32")


MEASURED: dict[Callable[[], keras.Model], Measurements] = {}  # once per kind of patient


@dataclass(frozen=True)
class Treated:
    """A compiled model, its data, and where it is treated."""

    treatment: str
    build: Callable[[], keras.Model]
    x: Any
    y: Any
    where: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()  # layers whose weights may change

    def prescription(self) -> Prescription:
        return Prescription(
            treatment=self.treatment, title=self.treatment, grade=Grade.CHANGES_FUNCTION,
            answers="", where=self.where, before=("x = Dense(6)(x)",), after=("...",),
        )  # fmt: skip

    def material(self, model: keras.Model, seed: int = 0) -> Material:
        if self.build not in MEASURED:
            MEASURED[self.build] = measure(model, self.x, self.y)
        return Material(measurements=MEASURED[self.build], x=self.x, y=self.y, seed=seed)


def dense(activation: str = "sigmoid", head: str | None = "softmax", loss: Any = None) -> Any:
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(6, activation, name="first", kernel_regularizer="l2"),
            layers.Dense(6, activation, name="second", bias_initializer="ones"),
            layers.Dense(3, head, name="head"),
        ]
    )
    loss = loss or "sparse_categorical_crossentropy"
    model.compile(
        keras.optimizers.SGD(1e-4, momentum=0.9), loss, metrics=["accuracy"], run_eagerly=EAGER
    )
    return model


def functional() -> Any:
    entry = keras.Input((6,), name="entry")
    x = layers.Dense(6, name="first")(entry)
    x = layers.Activation("sigmoid", name="squash")(layers.Dropout(0.1)(x))
    inner = keras.Sequential(
        [keras.Input((6,)), layers.Dense(6, "tanh", name="deep")], name="inner"
    )
    side = layers.Dense(6, "tanh", name="side")(entry)
    x = layers.Add()([inner(x), side])
    model = keras.Model(entry, layers.Dense(3, "softmax", name="head")(x))
    model.get_layer("side").trainable = False
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=EAGER)
    return model


def regression() -> Any:
    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(6, "relu", name="first"), layers.Dense(1, name="head")]
    )
    model.compile(keras.optimizers.SGD(0.001), "mse", run_eagerly=EAGER)
    return model


def one_unit() -> Any:
    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(6, "relu", name="first"),
         layers.Dense(1, "softmax", name="head")]
    )  # fmt: skip
    model.compile("adam", "binary_crossentropy", run_eagerly=EAGER)
    return model


def recurrent(kind: str = "SimpleRNN", *, both: bool = False) -> Callable[[], Any]:
    def build() -> Any:
        layer = getattr(layers, kind)(5, name="memory" if not both else "inner")
        layer = layers.Bidirectional(layer, name="memory") if both else layer
        model = keras.Sequential([keras.Input((9, 4)), layer, layers.Dense(1, name="head")])
        model.compile("sgd", "mse", run_eagerly=EAGER)
        return model

    return build


def convolutional() -> Any:
    model = keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            layers.Conv2D(4, 3, padding="same", activation="tanh", name="first"),
            layers.Conv2D(4, 3, padding="same", activation="tanh", name="second"),
            layers.SeparableConv2D(4, 3, padding="same", activation="tanh", name="third"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, "softmax", name="head"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=EAGER)
    return model


def several_outputs() -> Any:
    entry = keras.Input((6,), name="entry")
    x = layers.Dense(6, "relu", name="first")(entry)
    outputs = {
        "kind": layers.Dense(3, "softmax", name="kind")(x),
        "size": layers.Dense(1, name="size")(x),
    }
    model = keras.Model(entry, outputs)
    losses = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
    model.compile("sgd", losses, loss_weights={"kind": 1.0, "size": 0.5}, run_eagerly=EAGER)
    return model


def listed_outputs() -> Any:
    """Losses and targets by name, outputs in a list of another order."""
    entry = keras.Input((6,), name="entry")
    x = layers.Dense(6, "relu", name="first")(entry)
    outputs = [layers.Dense(1, name="size")(x), layers.Dense(3, "softmax", name="kind")(x)]
    model = keras.Model(entry, outputs)
    losses = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
    model.compile("sgd", losses, run_eagerly=EAGER)
    return model


def half() -> Any:
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(6, "relu", name="first", dtype="mixed_float16"),
            layers.Dense(3, "softmax", name="head", dtype="mixed_float16"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=EAGER)
    return model


def normalized() -> Any:
    """The second of two normalizations sees one value at a time."""
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Reshape((6, 1)),
            layers.LayerNormalization(name="second"),
            layers.Flatten(),
            layers.Dense(3, "softmax", name="head"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=EAGER)
    return model


LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
SIMPLE = recurrent()
RECURRENT = ("memory", "simple_rnn_cell", "lstm_cell", "gru_cell")
HIDDEN = ("first", "second")
CONVS = ("first", "second", "third")
BINARY = (CLASSES > 1).astype("float32")[:, None]

TREATED: dict[str, Treated] = {
    "swap": Treated("swap-activation", dense, X, CLASSES, HIDDEN, HIDDEN),
    "swap-behind": Treated("swap-activation", functional, X, CLASSES, ("squash",), ("first",)),
    "swap-nested": Treated("swap-activation", functional, X, CLASSES, ("inner/deep",), ("deep",)),
    "swap-conv": Treated("swap-activation", convolutional, IMAGES, CLASSES, CONVS, CONVS),
    "reset-initializer": Treated("reset-initializer", dense, X, CLASSES, HIDDEN, HIDDEN),
    "reset-initializer-conv": Treated(
        "reset-initializer", convolutional, IMAGES, CLASSES, CONVS, CONVS
    ),
    "orthogonal": Treated("orthogonal-initializer", dense, X, CLASSES, HIDDEN, HIDDEN),
    "orthogonal-conv": Treated(
        "orthogonal-initializer", convolutional, IMAGES, CLASSES, CONVS, CONVS
    ),
    "scale-on-batch": Treated("scale-on-batch", convolutional, IMAGES, CLASSES, CONVS, CONVS),
    "scale-on-batch-nested": Treated(
        "scale-on-batch", functional, X, CLASSES, ("first", "inner/deep"), ("first", "deep")
    ),
    "reset-bias": Treated("reset-bias", dense, X, CLASSES, ("second",), ("second",)),
    "exchange-normalization": Treated(
        "exchange-normalization", normalized, X, CLASSES, ("second",), ("second",)
    ),
    "standardize-inputs": Treated("standardize-inputs", dense, X, CLASSES, ("x",)),
    "standardize-inputs-functional": Treated(
        "standardize-inputs", functional, X, CLASSES, ("entry",)
    ),
    "standardize-targets": Treated("standardize-targets", regression, X, NUMBERS, ("head",)),
    "standardize-targets-one-of-two": Treated(
        "standardize-targets", several_outputs, X, {"kind": CLASSES, "size": NUMBERS}, ("size",)
    ),
    "standardize-targets-of-a-list": Treated(
        "standardize-targets",
        listed_outputs,
        X,
        {"kind": CLASSES, "size": 1000.0 * NUMBERS},
        ("y of size",),
        ("size",),
    ),
    "repair-head": Treated("repair-head", one_unit, X, BINARY, ("head",)),
    "repair-loss": Treated("repair-loss", lambda: dense(loss=LOGITS), X, CLASSES, ("head",)),
    "clip-gradients": Treated("clip-gradients", dense, X, CLASSES),
    "clip-each-variable": Treated("clip-each-variable", dense, X, CLASSES),
    "clip-each-value": Treated("clip-each-value", dense, X, CLASSES),
    "change-optimizer": Treated("change-optimizer", dense, X, CLASSES),
    "warm-up": Treated("warm-up", dense, X, CLASSES),
    "regularize-kernels": Treated("regularize-kernels", dense, X, CLASSES, HIDDEN),
    "regularize-kernels-conv": Treated("regularize-kernels", convolutional, IMAGES, CLASSES, CONVS),
    "regularize-kernels-recurrent": Treated(
        "regularize-kernels", recurrent("LSTM"), SERIES, NUMBERS, ("memory",)
    ),
    "regularize-activities": Treated("regularize-activities", dense, X, CLASSES, HIDDEN),
    "scale-loss": Treated("scale-loss", half, X, CLASSES),
    "use-bfloat16": Treated("use-bfloat16", half, X, CLASSES),
    "lower-learning-rate": Treated("lower-learning-rate", dense, X, CLASSES),
    "raise-learning-rate": Treated("raise-learning-rate", dense, X, CLASSES),
    "keep-learning-rate": Treated("keep-learning-rate", dense, X, CLASSES),
    "leak-activation": Treated("leak-activation", lambda: dense("relu"), X, CLASSES, HIDDEN),
    "bound-cell": Treated("bound-cell", recurrent("LSTM"), SERIES, NUMBERS, ("memory",)),
    "unfreeze-layers": Treated("unfreeze-layers", functional, X, CLASSES, (), ("side",)),
    "weaken-regularization": Treated("weaken-regularization", dense, X, CLASSES),
    "weight-decay": Treated("weight-decay", dense, X, CLASSES),
    "orthogonal-recurrence": Treated(
        "orthogonal-recurrence", SIMPLE, SERIES, NUMBERS, ("memory",), RECURRENT
    ),
    "lengthen-memory": Treated("lengthen-memory", SIMPLE, SERIES, NUMBERS, ("memory",), RECURRENT),
    "lengthen-memory-lstm": Treated(
        "lengthen-memory", recurrent("LSTM"), SERIES, NUMBERS, ("memory",), RECURRENT
    ),
    "lengthen-memory-gru": Treated(
        "lengthen-memory", recurrent("GRU"), SERIES, NUMBERS, ("memory",), RECURRENT
    ),
    "identity-recurrence": Treated(
        "identity-recurrence", SIMPLE, SERIES, NUMBERS, ("memory",), RECURRENT
    ),
    "recurrent-penalty": Treated(
        "recurrent-penalty", recurrent("LSTM"), SERIES, NUMBERS, ("memory",), RECURRENT
    ),
    "exchange-for-gru": Treated(
        "exchange-for-gru", recurrent(), SERIES, NUMBERS, ("memory",), (*RECURRENT, "head")
    ),
    "add-normalization": Treated("add-normalization", dense, X, CLASSES, HIDDEN),
    "add-normalization-nested": Treated(
        "add-normalization", functional, X, CLASSES, ("first", "inner/deep")
    ),
    "add-residual": Treated("add-residual", dense, X, CLASSES, HIDDEN),
    "add-residual-conv": Treated("add-residual", convolutional, IMAGES, CLASSES, CONVS),
    "add-residual-nested": Treated("add-residual", functional, X, CLASSES, ("inner/deep",)),
}
