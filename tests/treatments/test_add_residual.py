from __future__ import annotations

import keras
import numpy as np

from gradmend.records import Cause, Grade, Prescription
from gradmend.treatments.add_residual import prescribe
from gradmend.treatments.surgery import Material
from gradmend.treatments.surgery.add_residual import apply
from tests.findings.records import mlp
from tests.treatments.findings import finding


def test_the_branch_is_normalized_and_starts_at_zero() -> None:
    (cure,) = prescribe(mlp(50), finding("V102", Cause.INITIALIZER))
    assert cure.before == ('x = Dense(64, activation="relu")(x)',)
    assert cure.after == (
        'branch = Dense(64, activation="relu")(LayerNormalization()(x))',
        'x = x + Dense(64, kernel_initializer="zeros")(branch)',
    )


def test_is_not_for_shallow_networks_or_wide_weights() -> None:
    assert not list(prescribe(mlp(8), finding("V102", Cause.INITIALIZER)))
    assert not list(prescribe(mlp(50), finding("I101", Cause.INITIALIZER)))


def test_saturating_layers_want_it_from_eight_on() -> None:
    assert list(prescribe(mlp(8, "sigmoid"), finding("V101", Cause.ACTIVATION)))
    assert not list(prescribe(mlp(6, "sigmoid"), finding("V101", Cause.ACTIVATION)))


def test_where_the_shape_changes_a_projection_leads_past() -> None:
    x = entry = keras.Input((8, 8, 3))
    for name, filters, strides in (("wide", 4, 1), ("same", 4, 1), ("half", 6, 2)):
        x = keras.layers.Conv2D(filters, 3, strides=strides, padding="same", name=name)(x)
    x = keras.layers.Conv2D(6, 3, name="crops")(x)
    model = keras.Model(entry, keras.layers.Dense(2, name="narrow")(x))
    model.compile("sgd", "mse")
    where = ("wide", "same", "half", "crops", "narrow")
    cure = Prescription(
        treatment="add-residual", title="", grade=Grade.CHANGES_FUNCTION, answers="", where=where
    )
    images = np.zeros((4, 8, 8, 3), "float32")
    new = apply(model, cure, Material(measurements=mlp(1), x=images, y=None))
    names = {layer.name for layer in new.layers}
    assert {name for name in where if f"{name}_shortcut" in names} == {"wide", "half", "narrow"}
    assert {name for name in where if f"{name}_add" in names} == set(where) - {"crops"}
    assert new.get_layer("half_shortcut").strides == (2, 2)
    assert new.output_shape == model.output_shape


def test_blocks_that_have_a_road_start_as_the_identity() -> None:
    x = entry = keras.Input((6,))
    for number in range(3):
        branch = keras.layers.Dense(6, "relu", name=f"branch_{number}")(x)
        x = keras.layers.Add()([x, branch]) if number else x + branch
    left, right = (keras.layers.Dense(6, name=name)(x) for name in ("left", "right"))
    model = keras.Model(entry, keras.layers.Add()([left, right]))
    model.compile("sgd", "mse")
    where = ("branch_0", "branch_1", "branch_2")
    cure = Prescription(
        treatment="add-residual", title="", grade=Grade.CHANGES_FUNCTION, answers="", where=where
    )
    rows = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")
    ends = [model.get_layer(name) for name in ("left", "right")]
    wanted = sum(np.array(keras.ops.convert_to_numpy(layer(rows))) for layer in ends)
    new = apply(model, cure, Material(measurements=mlp(1), x=rows, y=None))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(new(rows)), wanted, atol=1e-5)
    names = {layer.name for layer in new.layers}
    assert {f"{name}_scale" for name in where} <= names
    assert not {f"{name}_add" for name in where} & names


def test_a_sum_of_two_layers_is_not_scaled_to_nothing() -> None:
    entry = keras.Input((6,))
    left, right = (keras.layers.Dense(6, name=name)(entry) for name in ("left", "right"))
    model = keras.Model(entry, keras.layers.Add()([left, right]))
    model.compile("sgd", "mse")
    cure = Prescription(
        treatment="add-residual", title="", grade=Grade.CHANGES_FUNCTION, answers="",
        where=("left", "right"),
    )  # fmt: skip
    rows = np.ones((4, 6), "float32")
    new = apply(model, cure, Material(measurements=mlp(1), x=rows, y=None))
    assert {"left_add", "right_add"} <= {layer.name for layer in new.layers}
