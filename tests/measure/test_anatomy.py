"""Paths, roles, activations and fan-in are read off the layers."""

from __future__ import annotations

from typing import Any

import keras
import pytest
from keras import layers

from gradmend.measure.anatomy import (
    activation_of,
    fan_in,
    parts_of,
    role_of,
    weight_owners,
    weight_role,
)
from tests.behaviour.models import CASES


@pytest.mark.parametrize("name", CASES)
def test_paths_are_unique_and_every_weight_has_an_owner(name: str) -> None:
    model, x, _ = CASES[name]()
    if not model.built:
        model(x)
    parts = parts_of(model)
    paths = [part.path for part in parts]
    assert len(set(paths)) == len(paths)
    owners = weight_owners(parts)
    assert {id(weight) for weight in model.trainable_variables} <= set(owners)


def test_nested_layers_carry_the_path_of_their_parents() -> None:
    model, _, _ = CASES["shared_and_nested"]()
    paths = {part.path: part for part in parts_of(model)}
    assert set(paths) == {"shared", "inner", "inner/in_inner", "head"}
    assert not paths["inner"].tapped
    assert paths["inner/in_inner"].tapped


def test_cells_are_not_listed_apart_from_their_layer() -> None:
    model = keras.Sequential([layers.GRU(2, return_sequences=True),
                              layers.Bidirectional(layers.SimpleRNN(2))])  # fmt: skip
    classes = [type(part.layer).__name__ for part in parts_of(model)]
    assert classes == ["GRU", "Bidirectional", "SimpleRNN", "SimpleRNN"]  # both directions


@pytest.mark.parametrize(
    ("layer", "role"),
    [
        (layers.Dense(1), "dense"),
        (layers.EinsumDense("ab,bc->ac", 3), "dense"),
        (layers.SeparableConv1D(2, 2), "conv"),
        (layers.ConvLSTM1D(2, 2), "recurrent"),
        (layers.Bidirectional(layers.LSTM(2)), "recurrent"),
        (layers.MultiHeadAttention(2, 2), "attention"),
        (layers.UnitNormalization(), "norm"),
        (layers.Normalization(), "scaling"),
        (layers.GaussianNoise(0.1), "dropout"),
        (layers.GlobalAveragePooling1D(), "pool"),
        (layers.ZeroPadding1D(), "reshape"),
        (layers.Concatenate(), "merge"),
        (layers.LeakyReLU(), "activation"),
        (layers.Lambda(abs), "other"),
    ],
)
def test_roles(layer: Any, role: str) -> None:
    assert role_of(layer) == role


class Gated(layers.Layer):
    """A layer with an activation attribute of its own."""

    activation = staticmethod(keras.activations.gelu)


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (layers.Dense(1), "linear"),
        (layers.Dense(1, activation=layers.LeakyReLU()), "leaky_relu"),
        (layers.Activation("swish"), "silu"),
        (layers.PReLU(), "prelu"),
        (layers.GRU(2), "tanh"),
        (layers.Bidirectional(layers.SimpleRNN(2, activation="relu")), "relu"),
        (layers.Flatten(), None),
        (Gated(), "gelu"),
    ],
)
def test_activations(layer: Any, name: str | None) -> None:
    assert activation_of(layer) == name


@pytest.mark.parametrize(
    ("layer", "inputs", "expected"),
    [
        (layers.Dense(7), (None, 5), {"kernel": 5}),
        (layers.Conv2D(7, 3), (None, 8, 8, 4), {"kernel": 36}),
        (layers.Conv2D(6, 3, groups=2), (None, 8, 8, 4), {"kernel": 18}),
        (layers.Conv2DTranspose(7, 3), (None, 8, 8, 4), {"kernel": 36}),
        (layers.DepthwiseConv2D(3, depth_multiplier=2), (None, 8, 8, 4), {"kernel": 9}),
        (
            layers.SeparableConv2D(5, 3),
            (None, 8, 8, 4),
            {"depthwise_kernel": 9, "pointwise_kernel": 4},
        ),
        (layers.EinsumDense("abc,cde->abde", (None, 2, 3)), (None, 6, 4), {"kernel": 4}),
        (
            layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de"),
            (None, 6, 4),
            {"kernel": 4},
        ),
        (
            layers.EinsumDense("abde,dec->abc", (None, 5), bias_axes="c"),
            (None, 6, 2, 3),
            {"kernel": 6},
        ),
        (layers.Embedding(9, 4), (None, 3), {}),
    ],
)
def test_fan_in(layer: Any, inputs: tuple[Any, ...], expected: dict[str, int]) -> None:
    layer.build(inputs)
    found = {w.name: fan_in(layer, w.name, tuple(w.shape)) for w in layer.weights}
    assert {name: fan for name, fan in found.items() if fan is not None} == expected


def test_fan_in_of_recurrent_kernels() -> None:
    layer = layers.LSTM(3)
    layer.build((None, 4, 5))
    fans = [fan_in(layer, w.name, tuple(w.shape)) for w in layer.weights]
    assert fans == [5, 3, None]


class Linear(layers.Layer):
    """As the guide of Keras writes it: a matrix and a bias under names of their own."""

    def __init__(self, units: int, act: str | None = None, inputs: int | None = None) -> None:
        super().__init__(name="own")
        self.units, self.act = units, keras.activations.get(act)
        if inputs is not None:
            self.make(inputs)

    def make(self, inputs: int) -> None:
        self.w = self.add_weight(shape=(inputs, self.units), initializer="random_normal")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")

    def build(self, shape: Any) -> None:
        if not hasattr(self, "w"):
            self.make(shape[-1])

    def call(self, inputs: Any) -> Any:
        return self.act(keras.ops.matmul(inputs, self.w) + self.b)


class Table(layers.Layer):
    """One matrix that is looked up, not multiplied with."""

    def build(self, shape: Any) -> None:
        self.rows = self.add_weight(shape=(50, 4), initializer="random_normal")

    def call(self, inputs: Any) -> Any:
        return keras.ops.take(self.rows, keras.ops.cast(inputs, "int32"), axis=0)


@pytest.mark.parametrize("inputs", [None, 6], ids=["in build", "in __init__"])
def test_a_layer_of_ones_own_with_one_matrix_is_a_projection(inputs: int | None) -> None:
    layer = Linear(3, "relu", inputs)
    keras.Sequential([keras.Input((6,)), layer])
    assert (role_of(layer), activation_of(layer)) == ("projection", "relu")
    assert weight_role("variable", (6, 3), projects=True) == "kernel"
    assert weight_role("variable_1", (3,), projects=True) == "bias"
    assert fan_in(layer, "variable", (6, 3)) == 6


class Codebook(layers.Layer):
    """The matrix of a vector-quantised autoencoder: the nearest of its columns is returned."""

    def build(self, shape: Any) -> None:
        self.columns = self.add_weight(shape=(shape[-1], 32), initializer="random_uniform")

    def call(self, inputs: Any) -> Any:
        nearest = keras.ops.argmax(keras.ops.matmul(inputs, self.columns), axis=-1)
        return keras.ops.take(keras.ops.transpose(self.columns), nearest, axis=0)


@pytest.mark.parametrize("kind", [Table, Codebook])
def test_what_is_looked_up_is_no_projection(kind: type[layers.Layer]) -> None:
    layer = kind()
    keras.Sequential([keras.Input((6,)), layer])
    assert role_of(layer) == "other"
    assert activation_of(layer) is None
