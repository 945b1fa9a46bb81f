from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from gradmend.trials.fresh import afresh, looks_trained


def network(initializer: Any = "glorot_uniform") -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((16,)),
            layers.Normalization(mean=[1.0] * 16, variance=[4.0] * 16),
            layers.Dense(16, "relu", name="a", kernel_initializer=initializer),
            layers.BatchNormalization(name="norm"),
            layers.Dense(16, name="frozen", trainable=False),
            layers.Dropout(0.5, name="drop"),
        ]
    )
    model.compile("adam", "mse")
    return model


def kernel(model: keras.Model, name: str) -> Any:
    return keras.ops.convert_to_numpy(model.get_layer(name).kernel)


def test_weights_follow_from_the_seed() -> None:
    model = network()
    first, again, other = (kernel(afresh(model, seed), "a") for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_an_initializer_with_a_seed_of_its_own_draws_anew() -> None:
    model = network(keras.initializers.HeNormal(seed=7))
    assert (kernel(afresh(model, 1), "a") != kernel(afresh(model, 2), "a")).any()


def test_frozen_layers_keep_their_weights() -> None:
    model = network()
    np.testing.assert_array_equal(kernel(afresh(model, 1), "frozen"), kernel(model, "frozen"))


def test_averages_of_batch_normalization_start_again() -> None:
    model = network()
    model.get_layer("norm").moving_mean.assign(np.full(16, 5.0))
    mean = afresh(model, 0).get_layer("norm").moving_mean
    assert not np.any(keras.ops.convert_to_numpy(mean))


def test_an_adapted_normalization_stays() -> None:
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(0).normal(3.0, 2.0, size=(100, 4)))
    model = keras.Sequential([keras.Input((4,)), layer, layers.Dense(2)])
    x = np.ones((2, 4), "float32")
    new = afresh(model, 0)
    ours, theirs = (keras.ops.convert_to_numpy(one(x)) for one in (new.layers[0], layer))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_a_fresh_model_does_not_look_trained() -> None:
    assert not looks_trained(network())
    assert not looks_trained(network(keras.initializers.RandomNormal(stddev=1.0)))


def test_a_step_or_other_weights_look_trained() -> None:
    stepped, loaded = network(), network()
    stepped.fit(np.zeros((4, 16)), np.zeros((4, 16)), verbose=0)
    loaded.get_layer("a").kernel.assign(loaded.get_layer("a").kernel * 3.0)
    assert looks_trained(stepped)
    assert looks_trained(loaded)
