"""Normalization and residual branches: small gradients and zero weights that mean no harm."""

from __future__ import annotations

from typing import Any

from gradmend.gallery._data import digits
from gradmend.gallery._networks import CROSSENTROPY, optimizer, seeded
from gradmend.gallery._patient import Case, Patient

BLOCKS = 4


def _compiled(model: Any, rate: float) -> Case:
    model.compile(optimizer("adam", rate), loss=CROSSENTROPY)
    return Case(model, *digits())


def build_wide_kernels(seed: int) -> Case:
    """Kernels ten times too wide, each undone by the normalization behind it."""
    keras = seeded(seed)
    layers = keras.layers
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(3):
        wide = keras.initializers.VarianceScaling(scale=100.0)
        model.add(layers.Dense(64, use_bias=False, kernel_initializer=wide))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
    model.add(layers.Dense(10, "softmax"))
    return _compiled(model, 0.01)


def build_useless_bias(seed: int) -> Case:
    """A bias that the normalization behind it takes away: its gradient is rounding noise."""
    keras = seeded(seed)
    layers = keras.layers
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(3):
        model.add(layers.Dense(64))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
    model.add(layers.Dense(10, "softmax"))
    return _compiled(model, 1e-3)


def build_zero_branches(seed: int) -> Case:
    """Residual branches whose last kernel starts at zero: each block is the identity."""
    keras = seeded(seed)
    layers = keras.layers
    inputs = keras.Input((64,))
    x = layers.Dense(64)(inputs)
    for _ in range(BLOCKS):
        branch = layers.Dense(64, "relu")(x)
        branch = layers.Dense(64, kernel_initializer="zeros")(branch)
        x = layers.Add()([x, branch])
    return _compiled(keras.Model(inputs, layers.Dense(10, "softmax")(x)), 1e-3)


def build_stochastic_depth(seed: int) -> Case:
    """Residual branches that are left out for half of the samples, whole."""
    keras = seeded(seed)
    layers = keras.layers
    inputs = keras.Input((64,))
    x = layers.Dense(64)(inputs)
    for _ in range(BLOCKS):
        branch = layers.Dense(64, "relu")(layers.LayerNormalization()(x))
        whole = layers.Dropout(0.5, noise_shape=(None, 1))(branch)
        x = layers.Add()([x, whole])
    return _compiled(keras.Model(inputs, layers.Dense(10, "softmax")(x)), 1e-3)


PATIENTS = (
    Patient(
        name="wide-kernels-normalized",
        title="kernels ten times too wide before batch normalization",
        build=build_wide_kernels,
        source="Hoffer et al. (2018), NeurIPS: the gradient falls as 1/|W|, the direction learns",
    ),
    Patient(
        name="bias-before-norm",
        title="biases that batch normalization takes away",
        build=build_useless_bias,
        source="Ioffe & Szegedy (2015), ICML, section 3.2",
    ),
    Patient(
        name="zero-branches",
        title="residual branches that start at zero",
        build=build_zero_branches,
        source="Zhang, Dauphin & Ma (2019), ICLR; Bachlechner et al. (2021), UAI",
    ),
    Patient(
        name="stochastic-depth",
        title="residual branches left out at random",
        build=build_stochastic_depth,
        source="Huang et al. (2016), ECCV",
    ),
)
