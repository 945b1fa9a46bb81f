"""Models and layers as users write them: subclassed, with losses and steps of their own."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


class Block(layers.Layer):
    """A custom layer with layers, a weight and a loss of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = layers.Dense(6, "relu")
        self.drop = layers.Dropout(0.2)
        self.steps = [layers.Dense(6), layers.Dense(6)]

    def build(self, shape: Any) -> None:
        self.scale = self.add_weight(shape=(6,), initializer="ones", name="scale")
        super().build(shape)

    def call(self, x: Any, training: bool = False) -> Any:
        self.add_loss(0.01 * ops.sum(ops.square(self.scale)))
        h = self.drop(self.inner(x), training=training)
        for step in self.steps:
            h = step(h)
        return x + self.scale * h


class Subclassed(keras.Model):
    """Layers in attributes, a plain Python forward pass."""

    def __init__(self) -> None:
        super().__init__()
        self.block, self.head = Block(), layers.Dense(3)

    def call(self, x: Any) -> Any:
        return ops.softmax(self.head(self.block(x)))


class OwnLoss(keras.Model):
    """Overrides compute_loss."""

    def __init__(self) -> None:
        super().__init__()
        self.head = layers.Dense(2, kernel_regularizer="l2")

    def call(self, x: Any) -> Any:
        return self.head(x)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        return ops.mean(ops.square(y_pred - y)) + sum(self.losses)


class OwnStep(keras.Model):
    """Overrides train_step, the way of the Keras guide for the running backend."""

    def __init__(self) -> None:
        super().__init__()
        self.head = layers.Dense(2)

    def call(self, x: Any) -> Any:
        return self.head(x)

    def train_step(self, *args: Any, **kwargs: Any) -> Any:
        return super().train_step(*args, **kwargs)
