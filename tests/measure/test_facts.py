"""Facts about data, outputs, optimizer and model."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops, optimizers

import gradmend
from gradmend.errors import DataError
from gradmend.measure import measure
from gradmend.measure.facts import input_facts, optimizer_facts, tensor_facts, weight_facts
from tests.behaviour.models import CASES


def test_moments_over_the_finite_entries() -> None:
    array = np.array([[1.0, 5.0, np.nan], [3.0, 5.0, np.inf], [8.0, 5.0, 0.5]], "float32")
    found = tensor_facts("x", ops.convert_to_tensor(array))
    kept = array[np.isfinite(array)].astype("float64")
    assert (found.shape, found.dtype, found.nonfinite) == ((3, 3), "float32", 2)
    assert found.mean == pytest.approx(kept.mean())
    assert found.std == pytest.approx(kept.std())
    assert found.rms == pytest.approx(np.sqrt((kept**2).mean()))
    assert (found.smallest, found.largest) == (0.5, 8.0)
    assert found.distinct == len(set(kept))
    assert not found.integer_valued


def test_features_that_stand_still_and_features_that_differ_in_scale() -> None:
    rng = np.random.default_rng(0)
    array = np.stack([rng.normal(size=50), 1000 * rng.normal(size=50), np.ones(50)], axis=1)
    found = tensor_facts("x", ops.convert_to_tensor(array.astype("float32")))
    assert found.constant_share == pytest.approx(1 / 3)
    assert found.spread == pytest.approx(array[:, 1].std() / array[:, 0].std(), rel=1e-4)
    labels = tensor_facts("y", ops.convert_to_tensor(np.arange(3000)))
    assert (labels.integer_valued, labels.distinct, labels.spread) == (True, 1001, None)


def test_all_broken_is_no_reason_to_fail() -> None:
    found = tensor_facts("x", ops.convert_to_tensor(np.full((2, 2), np.nan, "float32")))
    assert (found.nonfinite, found.mean, found.distinct) == (4, 0.0, 0)


def test_inputs_and_outputs_carry_the_names_of_the_model() -> None:
    found = measure(*CASES["branches"]())
    assert [facts.name for facts in found.inputs] == ["left", "right"]
    model, x, _ = CASES["sequential"]()
    assert [facts.name for facts in input_facts(model, x)] == ["x"]
    first, second = found.outputs
    assert (first.name, first.layer, first.activation) == ("first", "first", "softmax")
    assert (first.loss, first.units) == ("sparse_categorical_crossentropy", 3)
    assert first.row_sum_error == pytest.approx(0.0, abs=1e-5)
    assert (second.loss, second.from_logits) == ("mean_squared_error", None)
    assert [target.name for target in found.targets] == ["y of first", "y of second"]


@pytest.mark.parametrize(
    ("last", "activation"),
    [
        ([layers.Dense(4, "sigmoid"), layers.Reshape((2, 2)), layers.Dropout(0.1)], "sigmoid"),
        ([layers.Dense(4), layers.Activation("linear")], "linear"),
        ([layers.Dense(4), layers.Activation("softmax")], "softmax"),
    ],
)
def test_the_head_is_found_past_reshapes_and_dropout(last: list[Any], activation: str) -> None:
    model = keras.Sequential([keras.Input((3,)), *last])
    model.compile("sgd", "mse")
    target = np.ones((4, *model.output_shape[1:]))
    assert measure(model, np.ones((4, 3)), target).outputs[0].activation == activation


def test_settings_of_the_optimizer() -> None:
    rate = optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    sgd = optimizers.SGD(rate, momentum=0.9, clipnorm=2.0, gradient_accumulation_steps=4)
    found = optimizer_facts(sgd)
    assert found is not None
    assert (found.name, found.scheduled, found.accumulation_steps) == ("SGD", True, 4)
    assert found.learning_rate == pytest.approx(0.1)
    assert (found.momentum, found.clipnorm, found.global_clipnorm) == (0.9, 2.0, None)
    scaled = optimizer_facts(optimizers.LossScaleOptimizer(optimizers.Adam(1e-3)))
    assert scaled is not None
    assert (scaled.name, scaled.loss_scale, scaled.epsilon) == ("Adam", 2.0**15, 1e-7)
    assert optimizer_facts(None) is None


@pytest.mark.parametrize(
    ("name", "kind", "frozen", "custom"),
    [
        ("sequential", "Sequential", 0, False),
        ("branches", "Functional", 0, False),
        ("own_train_step", "Subclassed", 0, True),
        ("frozen", "Sequential", 1, False),
    ],
)
def test_the_model_as_a_whole(name: str, kind: str, frozen: int, custom: bool) -> None:
    model, x, y = CASES[name]()
    found = measure(model, x, y).model
    assert (found.kind, found.frozen_layers, found.custom_train_step) == (kind, frozen, custom)
    assert found.parameters == model.count_params()
    assert found.trainable_parameters == sum(w.size for w in trainable(model))


def trainable(model: keras.Model) -> list[Any]:
    return [ops.convert_to_numpy(variable.value) for variable in model.trainable_variables]


def test_a_dict_of_targets_for_a_list_of_outputs() -> None:
    rng = np.random.default_rng(0)
    inputs = keras.Input((4,))
    outputs = [
        keras.layers.Dense(3, "softmax", name="kind")(inputs),
        keras.layers.Dense(1, name="size")(inputs),
    ]
    model = keras.Model(inputs, outputs)
    losses = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
    model.compile("sgd", losses, loss_weights={"kind": 1.0, "size": 0.1})
    x, kind, size = rng.normal(size=(12, 4)), np.arange(12) % 3, rng.normal(size=12)
    found = measure(model, x, {"size": size, "kind": kind})
    listed = measure(model, x, [kind, size])
    assert found.loss.data == pytest.approx(listed.loss.data)
    assert found.loss.trivial == pytest.approx(np.log(3) + 0.1 * size.var(), rel=1e-4)
    largest = [output.target.largest for output in found.outputs if output.target]
    assert largest == pytest.approx([2.0, size.max()])
    with pytest.raises(DataError, match="no output unit for"):
        gradmend.check(model, x, {"size": size, "kind": kind + 1})


def test_sample_weights_per_output() -> None:
    (found,) = weight_facts(ops.convert_to_tensor([0.0, 2.0, 0.5]))
    assert (found.name, found.smallest, found.largest) == ("sample_weight", 0.0, 2.0)
    assert len(weight_facts({"left": np.ones(3), "right": None})) == 1
    assert weight_facts(None) == ()


def test_a_loss_that_pytorch_refuses_to_take_of_nan_is_nan_on_every_backend() -> None:
    stack = [keras.Input((3,)), layers.Dense(4, name="first"), layers.Dense(1, "sigmoid")]
    model = keras.Sequential(stack)
    model.compile("sgd", "binary_crossentropy")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(16, 3)).astype("float32")
    x[3, 1] = np.nan
    found = measure(model, x, rng.integers(0, 2, (16, 1)))
    assert np.isnan(found.loss.total)
    assert found.calls[0].forward is not None
    assert found.calls[0].forward.nonfinite == 4
    assert found.outputs[0].nonfinite == 1
