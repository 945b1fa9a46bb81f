"""A loss that lives in `train_step` is measured by running that step, and leaves no trace."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import gradmend
from gradmend.measure import measure

BACKEND = keras.backend.backend()


class Autoencoder(keras.Model):
    """No train_step of its own: the loss is in compute_loss. The independent route."""

    def __init__(self) -> None:
        super().__init__()
        self.code = layers.Dense(3, "tanh", name="code")
        self.back = layers.Dense(6, name="back")
        self.tracker = keras.metrics.Mean(name="loss")

    def call(self, x: Any) -> Any:
        return self.back(self.code(x))

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        return ops.mean(ops.square(y_pred - x))


class OwnStep(Autoencoder):
    """The same loss, computed where only train_step knows it, as in Keras' guides."""

    compute_loss = keras.Model.compute_loss

    if BACKEND == "jax":

        def train_step(self, state: Any, data: Any) -> Any:
            import jax

            trainable, non_trainable, slots, metrics = state
            x = data[0] if isinstance(data, tuple) else data

            def loss_of(values: Any) -> Any:
                y, new = self.stateless_call(values, non_trainable, x)
                return ops.mean(ops.square(y - x)), new

            (loss, non_trainable), gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable)
            trainable, slots = self.optimizer.stateless_apply(slots, gradients, trainable)
            return {"loss": loss}, (trainable, non_trainable, slots, metrics)

    else:

        def train_step(self, data: Any) -> Any:
            x = data[0] if isinstance(data, tuple) else data
            loss, gradients = self._gradients(x)
            if BACKEND == "tensorflow":
                self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
            else:
                import torch

                with torch.no_grad():
                    self.optimizer.apply(gradients, self.trainable_weights)
            self.tracker.update_state(loss)
            return {"loss": self.tracker.result()}

        def _gradients(self, x: Any) -> Any:
            if BACKEND == "tensorflow":
                import tensorflow as tf

                with tf.GradientTape() as tape:
                    loss = ops.mean(ops.square(self(x) - x))
                return loss, tape.gradient(loss, self.trainable_weights)
            self.zero_grad()
            loss = ops.mean(ops.square(self(x) - x))
            loss.backward()
            return loss, [weight.value.grad for weight in self.trainable_weights]


X = np.random.default_rng(0).normal(size=(16, 6)).astype("float32")


def _built(kind: type[Autoencoder]) -> Any:
    model = kind()
    model.compile("adam")
    model(X)
    model.set_weights([np.random.default_rng(1).normal(size=w.shape) for w in model.get_weights()])
    return model


def test_gradients_are_those_of_the_same_loss_in_compute_loss() -> None:
    own, plain = measure(_built(OwnStep), X), measure(_built(Autoencoder), X)
    assert own.loss.total == pytest.approx(plain.loss.total, rel=1e-5)
    for ours, theirs in zip(own.weights, plain.weights, strict=True):
        assert ours.gradient_norm == pytest.approx(theirs.gradient_norm, rel=1e-4)
    for ours, theirs in zip(own.calls, plain.calls, strict=True):
        assert ours.path == theirs.path
        assert ours.forward.rms == pytest.approx(theirs.forward.rms, rel=1e-5)
        assert ours.backward.norm == pytest.approx(theirs.backward.norm, rel=1e-4)
        assert ours.backward.flow == pytest.approx(theirs.backward.flow, rel=1e-4)


def test_nothing_is_updated() -> None:
    model = _built(OwnStep)
    model.fit(X, verbose=0)
    before = [np.array(ops.convert_to_numpy(v.value)) for v in _state(model)]
    apply = keras.optimizers.Optimizer.apply
    measure(model, X)
    after = [np.array(ops.convert_to_numpy(v.value)) for v in _state(model)]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert keras.optimizers.Optimizer.apply is apply


def test_the_record_says_how_it_was_measured() -> None:
    assert any("own train_step" in note for note in measure(_built(OwnStep), X).notes)


class Assigning(OwnStep):
    """Moves its weights without a Keras optimizer."""

    def train_step(self, *args: Any) -> Any:
        logs = {"loss": ops.zeros(())}
        if BACKEND == "jax":
            return logs, args[0]
        for variable in self.trainable_variables:
            variable.assign(variable.value + 1)
        return logs


def test_a_step_that_bypasses_the_optimizer_is_explained() -> None:
    with pytest.raises(gradmend.MeasurementError, match="handed no gradients to a Keras optimizer"):
        measure(_built(Assigning), X)


def test_weights_that_the_step_itself_assigns_are_put_back() -> None:
    model = _built(Assigning)
    before = model.get_weights()
    with pytest.raises(gradmend.MeasurementError):
        measure(model, X)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def _state(model: Any) -> list[Any]:
    return [*model.variables, *model.optimizer.variables, *model.metrics_variables]
