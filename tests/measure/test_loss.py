"""The loss in its parts, and the loss of the best constant prediction in closed form."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, losses, ops

from gradmend.measure import measure
from gradmend.measure.loss import evaluate_data_loss, from_logits, loss_name, trivial_loss
from tests.behaviour.models import CASES

LABELS = np.array([0, 0, 0, 1, 1, 2])
ONE_HOT = np.eye(3)[LABELS]
PRIOR = ONE_HOT.mean(axis=0)
ENTROPY = float(-(PRIOR * np.log(PRIOR)).sum())
BINARY = np.array([[1.0], [0.0], [0.0], [0.0]])
BINARY_ENTROPY = float(-(0.25 * np.log(0.25) + 0.75 * np.log(0.75)))
VALUES = np.array([[0.0, 10.0], [2.0, -5.0], [7.0, 1.0]])


def network(units: int, loss: Any) -> keras.Model:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(units)])
    model.compile("sgd", loss)
    return model


@pytest.mark.parametrize(
    ("loss", "units", "y", "expected"),
    [
        (losses.SparseCategoricalCrossentropy(), 3, LABELS, ENTROPY),
        (losses.SparseCategoricalCrossentropy(from_logits=True), 3, LABELS[:, None], ENTROPY),
        ("sparse_categorical_crossentropy", 3, LABELS, ENTROPY),
        (losses.CategoricalCrossentropy(), 3, ONE_HOT, ENTROPY),
        (losses.CategoricalCrossentropy(from_logits=True), 3, ONE_HOT, ENTROPY),
        (losses.BinaryCrossentropy(), 1, BINARY, BINARY_ENTROPY),
        (losses.BinaryCrossentropy(from_logits=True), 1, BINARY[:, 0], BINARY_ENTROPY),
        ("mse", 2, VALUES, float(VALUES.var(axis=0).mean())),
        ("mae", 2, VALUES, float(np.abs(VALUES - np.median(VALUES, axis=0)).mean())),
        (losses.MeanSquaredError(reduction="sum"), 2, VALUES, float(VALUES.var(axis=0).mean() * 3)),
    ],
)
def test_closed_forms(loss: Any, units: int, y: Any, expected: float) -> None:
    assert trivial_loss(network(units, loss), y) == pytest.approx(expected, rel=1e-4)


def test_no_constant_beats_it() -> None:
    model = network(3, losses.SparseCategoricalCrossentropy(from_logits=True))
    best = trivial_loss(model, LABELS)
    model.set_weights([np.zeros((2, 3)), np.log(PRIOR)])
    x = np.random.default_rng(0).normal(size=(6, 2))
    assert evaluate_data_loss(model, x, LABELS) == pytest.approx(best, rel=1e-4)
    for shift in (0.3, -0.3):
        model.set_weights([np.zeros((2, 3)), np.log(PRIOR) + shift * ONE_HOT[0]])
        assert evaluate_data_loss(model, x, LABELS) > best


def test_weighted_samples_weigh_in_the_prior() -> None:
    weight = np.array([1.0, 1.0, 0.0, 2.0, 2.0, 0.0])
    model = network(3, losses.SparseCategoricalCrossentropy(from_logits=True))
    prior = np.array([2.0, 4.0]) / 6
    expected = -(prior * np.log(prior)).sum() * weight.sum() / 6
    found = trivial_loss(model, LABELS, sample_weight=weight)
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("loss", ["mse", "mae"])
def test_weighted_samples_weigh_in_mean_and_median(loss: str) -> None:
    weight = np.array([3.0, 1.0, 1.0])
    model = network(2, loss)
    middle = np.average(VALUES, axis=0, weights=weight) if loss == "mse" else VALUES[0]
    apart = (VALUES - middle) ** 2 if loss == "mse" else np.abs(VALUES - middle)
    expected = (apart.mean(axis=1) * weight).mean()
    assert trivial_loss(model, VALUES, sample_weight=weight) == pytest.approx(expected, rel=1e-4)


def test_several_outputs_are_summed_with_their_weights() -> None:
    x = keras.Input((2,))
    model = keras.Model(x, [layers.Dense(3, "softmax")(x), layers.Dense(2)(x)])
    loss = ["sparse_categorical_crossentropy", "mse"]
    model.compile("sgd", loss, loss_weights=[0.5, 2.0])
    expected = 0.5 * ENTROPY + 2.0 * VALUES.var(axis=0).mean()
    y = [LABELS, np.concatenate([VALUES, VALUES])]
    assert trivial_loss(model, y) == pytest.approx(expected, rel=1e-4)
    found = measure(model, np.ones((6, 2)), y)
    assert found.loss.trivial == pytest.approx(expected, rel=1e-4)


def test_a_sequence_has_one_prior_over_all_steps() -> None:
    model = keras.Sequential([keras.Input((3, 2)), layers.Dense(3)])
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    assert trivial_loss(model, LABELS.reshape(2, 3)) == pytest.approx(ENTROPY, rel=1e-4)


def between_halves(y: Any, prediction: Any) -> Any:
    return ops.mean(ops.maximum(prediction[:, :2] - prediction[:, 2:] + 1.0, 0.0))


def test_no_number_where_no_constant_can_be_formed() -> None:
    assert trivial_loss(network(4, between_halves), np.zeros((3, 1))) is None
    assert trivial_loss(network(1, None), np.zeros((3, 1))) is None
    assert trivial_loss(network(1, "mse"), None) is None
    found = measure(network(4, between_halves), np.ones((3, 2)), np.zeros((3, 1)))
    assert found.loss.trivial is None
    assert found.loss.data > 0


def test_a_model_without_a_known_output_needs_shapes() -> None:
    model, _, _ = CASES["own_train_step"]()
    assert trivial_loss(model, VALUES) is None
    found = trivial_loss(model, VALUES, [(None, 2)])
    assert found == pytest.approx(VALUES.var(axis=0).mean(), rel=1e-4)


class Costly(layers.Layer):
    """Adds a loss of its own."""

    def call(self, x: Any) -> Any:
        self.add_loss(ops.mean(ops.abs(x)))
        return x


def test_total_is_data_and_penalty() -> None:
    first = layers.Dense(3, kernel_regularizer=keras.regularizers.L2(0.1),
                         activity_regularizer=keras.regularizers.L2(0.2))  # fmt: skip
    model = keras.Sequential([keras.Input((2,)), first, Costly(), layers.Dense(2)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(3, 2)).astype("float32")
    h = x @ np.asarray(keras.ops.convert_to_numpy(first.kernel))
    prediction = np.asarray(model.predict(x, verbose=0))
    data = ((prediction - VALUES) ** 2).mean()
    kernel = keras.ops.convert_to_numpy(first.kernel)
    penalty = 0.1 * (kernel**2).sum() + 0.2 * (h**2).sum() / 3 + np.abs(h).mean()
    found = measure(model, x, VALUES).loss
    assert found.data == pytest.approx(data, rel=1e-5)
    assert found.penalty == pytest.approx(penalty, rel=1e-5)
    assert evaluate_data_loss(model, x, VALUES) == pytest.approx(data, rel=1e-5)
    assert found.total == pytest.approx(model.train_on_batch(x, VALUES), rel=1e-5)


@pytest.mark.parametrize("name", ["sequential", "branches", "own_train_step"])
def test_evaluation_is_that_of_keras(name: str) -> None:
    model, x, y = CASES[name]()
    found = evaluate_data_loss(model, x, y)
    value = model.evaluate(x, y, verbose=0, return_dict=True)["loss"]
    assert found == pytest.approx(value, rel=1e-5)


def test_names_and_logits_are_read_off_any_loss() -> None:
    model = network(1, "binary_crossentropy")
    logits = losses.BinaryCrossentropy(from_logits=True)
    assert loss_name(logits) == "binary_crossentropy"
    assert from_logits(logits) is True
    assert from_logits(losses.SparseCategoricalCrossentropy()) is False
    assert from_logits(losses.Huber()) is None
    found = measure(model, np.ones((4, 2)), BINARY).outputs[0]
    assert (found.loss, found.from_logits) == ("binary_crossentropy", False)
    assert found.trivial_loss == pytest.approx(BINARY_ENTROPY, rel=1e-4)
