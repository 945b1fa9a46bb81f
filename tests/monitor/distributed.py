"""Trains on eight simulated devices (JAX) or two replicas (TensorFlow); prints what was seen."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

JAX = os.environ["KERAS_BACKEND"] == "jax"
if JAX:
    os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
else:
    import tensorflow as tf

    processor = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(processor, two)

import keras  # noqa: E402 - the devices are made before
import numpy as np  # noqa: E402 - the devices are made before

import gradmend  # noqa: E402 - the devices are made before

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def network(scope: AbstractContextManager[Any]) -> Any:
    keras.utils.set_random_seed(1)
    with scope:
        layers = [keras.layers.Dense(3, "tanh"), keras.layers.Dense(1)]
        model = keras.Sequential([keras.Input((4,)), *layers])
        model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def norms(model: Any) -> list[float]:
    monitor = gradmend.GradientMonitor(update_freq="batch")
    fit(model, [monitor])
    assert not monitor.run.incidents
    return [sample.grad_norm for sample in monitor.run.samples]


def fit(model: Any, callbacks: list[Any]) -> None:
    model.fit(X, Y, batch_size=16, epochs=3, shuffle=False, verbose=0, callbacks=callbacks)


def main() -> None:
    alone = norms(network(nullcontext()))
    scope: Callable[[], AbstractContextManager[Any]] = nullcontext
    if JAX:
        devices = keras.distribution.list_devices("cpu")
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    else:
        scope = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope
    spread, plain = network(scope()), network(scope())
    found = norms(spread)
    fit(plain, [])
    pairs = zip(spread.get_weights(), plain.get_weights(), strict=True)
    same = all(bool((np.array(a) == np.array(b)).all()) for a, b in pairs)
    print(json.dumps({"alone": alone, "spread": found, "same": same}))


if __name__ == "__main__":
    main()
