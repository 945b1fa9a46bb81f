"""Small convolutional networks on digits, with normalization, skips and half precision."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import images
from gradmend.gallery._networks import CROSSENTROPY, optimizer, seeded
from gradmend.gallery._patient import Case, Patient


def build_normalized(seed: int) -> Case:
    """Four convolutions, each with batch normalization, on a batch of 32."""
    keras = seeded(seed)
    model = keras.Sequential([keras.Input((8, 8, 1))])
    for filters in (16, 16, 32, 32):
        model.add(keras.layers.Conv2D(filters, 3, padding="same", use_bias=False))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.ReLU())
    model.add(keras.layers.GlobalAveragePooling2D())
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    x, y = images()
    return Case(model, x[:32], y[:32])


def build_half(seed: int, *, precision: str) -> Case:
    """Convolutions in half precision with weights in float32."""
    keras = seeded(seed)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        model = keras.Sequential(
            [
                keras.Input((8, 8, 1)),
                keras.layers.Conv2D(16, 3, activation="relu"),
                keras.layers.Flatten(),
                keras.layers.Dense(64, activation="relu"),
                keras.layers.Dense(10),
                keras.layers.Activation("softmax", dtype="float32"),
            ]
        )
        model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    finally:
        keras.config.set_dtype_policy(before)
    return Case(model, *images())


def build_skips(seed: int) -> Case:
    """Down and up again with skips, a class for every pixel."""
    keras = seeded(seed)
    layers = keras.layers
    inputs = keras.Input((8, 8, 1))
    fine = _twice(layers, inputs, 8)
    coarse = _twice(layers, layers.MaxPooling2D()(fine), 16)
    deep = _twice(layers, layers.MaxPooling2D()(coarse), 32)
    up = layers.Concatenate()([layers.UpSampling2D()(deep), coarse])
    up = layers.Concatenate()([layers.UpSampling2D()(_twice(layers, up, 16)), fine])
    outputs = layers.Conv2D(1, 1, activation="sigmoid")(_twice(layers, up, 8))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer("adam", 1e-3), loss="binary_crossentropy")
    x, _ = images()
    return Case(model, x, (x > 0.5).astype("float32"))


def _twice(layers: Any, x: Any, filters: int) -> Any:
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return x


PATIENTS = (
    Patient(
        name="batch-normalized",
        title="four convolutions with batch normalization, batch 32",
        build=build_normalized,
        source="Ioffe & Szegedy (2015), ICML",
    ),
    Patient(
        name="mixed-float16",
        title="a convolutional network in mixed float16",
        build=partial(build_half, precision="mixed_float16"),
        source="Micikevicius et al. (2018), ICLR: gradients are scaled on purpose",
    ),
    Patient(
        name="mixed-bfloat16",
        title="the same network in mixed bfloat16",
        build=partial(build_half, precision="mixed_bfloat16"),
        source="Keras guide on mixed precision",
    ),
    Patient(
        name="skips",
        title="a small U-Net: down, up, and skips between",
        build=build_skips,
        source="Ronneberger et al. (2015), MICCAI",
    ),
)
