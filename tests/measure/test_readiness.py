"""Every refusal says what was expected, what was received, what that means and what to try."""

from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import gradmend
from gradmend.checkup import conclude
from gradmend.errors import BackendError, DataError, GradmendError, MeasurementError, ModelError
from gradmend.measure import measure
from tests.behaviour.models import sequential

X, Y = np.ones((4, 6), "float32"), np.array([0, 1, 2, 0])


def classifier(**compiled: Any) -> keras.Model:
    model = keras.Sequential([keras.Input((6,)), layers.Dense(3, "softmax")], name="classifier")
    if compiled:
        model.compile(**compiled)
    return model


def ready() -> keras.Model:
    return classifier(optimizer="sgd", loss="sparse_categorical_crossentropy")


def refusal(kind: type[GradmendError], *arguments: Any, door: Any = measure) -> str:
    """Return the message of the refusal, which must have its four parts in order."""
    with pytest.raises(kind) as caught:
        door(*arguments)
    message = str(caught.value)
    parts = r".+\n\nExpected: .+\nReceived: .+\n\nThis usually means: .+\nTry: .+"
    assert re.fullmatch(parts, message, re.DOTALL), message
    return message


def test_not_a_keras_model() -> None:
    message = refusal(ModelError, layers.Dense(3), X, Y)
    assert message.startswith("this is not a Keras 3 model.")
    assert "Dense" in message


def test_not_compiled() -> None:
    message = refusal(ModelError, classifier(), X, Y)
    assert message.startswith("the model 'classifier' is not compiled.")
    assert "model.compile(" in message


def test_no_loss() -> None:
    message = refusal(ModelError, classifier(optimizer="sgd"), X, Y)
    assert message.startswith("the model 'classifier' has no loss.")
    assert "Received: compile() without a loss" in message


def test_no_targets() -> None:
    message = refusal(DataError, ready(), X)
    assert message.startswith("there are no targets.")
    assert "Received: y=None" in message


@pytest.mark.parametrize("shape", [(4, 5), (4, 3, 6)])
def test_wrong_input_shape(shape: tuple[int, ...]) -> None:
    message = refusal(DataError, ready(), np.ones(shape), Y)
    assert message.startswith("the batch does not fit the model 'classifier'")
    assert "input (None, 6)" in message
    assert f"x of shape {shape}" in message


def test_wrong_target_shape() -> None:
    model = classifier(optimizer="sgd", loss="categorical_crossentropy")
    message = refusal(DataError, model, X, np.ones((4, 2)))
    assert message.startswith("the batch does not fit the model 'classifier'")
    assert "output (None, 3)" in message
    assert "y of shape (4, 2)" in message


@pytest.mark.parametrize("labels", [[0, 1, 2, 3], [-1, 0, 1, 2]])
def test_labels_out_of_range(labels: list[int]) -> None:
    message = refusal(DataError, ready(), X, np.array(labels), door=gradmend.check)
    assert message.startswith("the targets name classes that the model has no output unit for.")
    assert "integers from 0 to 2" in message
    assert f"targets from {min(labels)} to {max(labels)}" in message


def test_labels_that_the_loss_ignores_are_let_through() -> None:
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    model = classifier(optimizer="sgd", loss=loss)
    assert gradmend.check(model, X, np.array([-1, 0, 1, 2])).verdict is not None


def test_labels_beside_the_ignored_class_are_refused() -> None:
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=0)
    model = classifier(optimizer="sgd", loss=loss)
    labels = np.array([-1, 0, 1, 2])
    message = refusal(DataError, model, X, labels, door=gradmend.check)
    assert "targets from -1 to 2" in message


def test_empty_batch() -> None:
    message = refusal(DataError, ready(), X[:0], Y[:0])
    assert message.startswith("there is nothing to measure: the batch is empty.")
    assert "arrays with 0 rows" in message
    assert "a generator without batches" in refusal(DataError, ready(), (b for b in ()))


def test_unequal_rows() -> None:
    message = refusal(DataError, ready(), X, Y[:3])
    assert message.startswith("x, y and sample_weight do not have the same number of rows.")
    assert "x: (4, 6), y: (3,)" in message


def test_python_lists() -> None:
    message = refusal(DataError, ready(), [[1.0] * 6, [2.0] * 6], [0, 1])
    assert message.startswith("this data cannot be read.")
    assert "np.asarray(x)" in message


def test_a_backend_that_cannot_train(monkeypatch: pytest.MonkeyPatch) -> None:
    model, x, y = sequential()
    monkeypatch.setattr(keras.backend, "backend", lambda: "openvino")
    message = refusal(BackendError, model, x, y)
    assert message.startswith("the Keras backend 'openvino' cannot compute gradients.")
    assert "KERAS_BACKEND=openvino" in message


class Broken(layers.Layer):
    """A bug of the user's own."""

    def call(self, x: Any) -> Any:
        return x.no_such_thing

    def compute_output_shape(self, shape: Any) -> Any:
        return shape


def test_the_models_own_bug_is_named() -> None:
    model = keras.Sequential([Broken(), layers.Dense(3)], name="buggy")
    model.compile("sgd", "mse")
    message = refusal(MeasurementError, model, X, np.ones((4, 3)))
    assert message.startswith("the model 'buggy' raised AttributeError while it was being measured")
    assert "no_such_thing" in message.splitlines()[0]


def test_an_unbuilt_model_is_built_and_that_is_said() -> None:
    model = keras.Sequential([layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    found = measure(model, X, Y)
    assert model.built
    assert any("was built on this batch" in note for note in found.notes)


def test_labels_out_of_range_leave_the_rest_to_be_measured() -> None:
    model = classifier(optimizer="sgd", loss="sparse_categorical_crossentropy")
    labels = np.array([1, 2, 3, 1])
    found = measure(model, X, labels)
    assert found.outputs[0].target is not None
    assert found.outputs[0].target.largest == 3
    assert found.calls[0].forward is not None
    raises = keras.backend.backend() != "jax"
    assert any("training raises on these labels" in note for note in found.notes) == raises
    assert "L106" in [finding.code for finding in conclude(found).findings]


@pytest.mark.backend("tensorflow", "torch")
def test_labels_are_moved_where_the_loss_stands() -> None:
    inputs = keras.Input((6,))
    heads = {"a": keras.layers.Dense(3)(inputs), "b": keras.layers.Dense(2)(inputs)}
    model = keras.Model(inputs, heads)
    sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="sgd", loss={"a": sparse, "b": "mse"})
    y = {"a": np.array([0, 1, 2, 3]), "b": np.full((4, 2), 9.0)}
    assert any("moved into range" in note for note in measure(model, X, y).notes)
    assert not measure(model, X, {**y, "a": np.array([0, 1, 2, 0])}).notes
