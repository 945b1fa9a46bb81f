"""Healthy programs on small images."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import images
from gradmend.gallery._networks import CROSSENTROPY, seeded
from gradmend.gallery._program import Loss, Program
from gradmend.gallery.seeding._base import Base

ROWS = 400


def _program(seed: int, model: Any, **settings: Any) -> Program:
    x, y = images()
    return Program(
        seed=seed,
        model=model,
        x=x[:ROWS],
        y=y[:ROWS],
        truth=y[:ROWS],
        task="classes",
        loss=Loss(CROSSENTROPY),
        **settings,
    )


def _plain(seed: int, *, dropout: bool = False) -> Program:
    keras = seeded(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(8, 3, activation="relu", name="conv_1"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 2, activation="relu", name="conv_2"),
            layers.Flatten(),
            *([layers.Dropout(0.25)] if dropout else []),
            layers.Dense(32, "relu", name="hidden"),
            layers.Dense(10, "softmax", name="head"),
        ]
    )
    return _program(seed, model, optimizer={"name": "adam", "learning_rate": 5e-3})


def _normalized(seed: int) -> Program:
    keras = seeded(seed)
    layers = keras.layers
    model = keras.Sequential([keras.Input((8, 8, 1))])
    for i, filters in enumerate((8, 8, 16), 1):
        model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv_{i}"))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.ReLU())
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(10, "softmax", name="head"))
    settings = {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9}
    return _program(seed, model, optimizer=settings, epochs=12)


def _residual(seed: int) -> Program:
    keras = seeded(seed)
    layers = keras.layers
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(8, 3, padding="same", activation="relu", name="stem")(inputs)
    for i in (1, 2):
        branch = layers.Conv2D(8, 3, padding="same", activation="relu", name=f"conv_{i}a")(x)
        branch = layers.BatchNormalization(momentum=0.9)(branch)
        branch = layers.Conv2D(8, 3, padding="same", name=f"conv_{i}b")(branch)
        x = layers.ReLU()(layers.Add()([x, branch]))
    outputs = layers.Dense(10, "softmax", name="head")(layers.Flatten()(x))
    settings = {"name": "adamw", "learning_rate": 3e-3}
    return _program(seed, keras.Model(inputs, outputs), optimizer=settings, epochs=6)


BASES = (
    Base(name="cnn", title="a convolutional network on digits", build=_plain),
    Base(name="cnn-dropout", title="the same with dropout", build=partial(_plain, dropout=True)),
    Base(name="cnn-normalized", title="convolutions with batch normalization", build=_normalized),
    Base(name="residual", title="two residual blocks on digits", build=_residual),
)
