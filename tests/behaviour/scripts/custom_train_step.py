"""A train_step of one's own, written with compute_loss. (subclass, every backend)"""

import os

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)


class NoisyModel(keras.Sequential):
    """Adds a little noise to the inputs of every step, whatever the backend."""

    def train_step(self, *args):
        noise = np.random.default_rng(0).normal(0, 0.01, size=(1, 6)).astype("float32")
        if os.environ.get("KERAS_BACKEND") == "jax":
            state, (x, y) = args
            return super().train_step(state, (x + noise, y))
        ((x, y),) = args
        return super().train_step((x + keras.ops.convert_to_tensor(noise), y))


rng = np.random.default_rng(0)
x = rng.normal(size=(960, 6)).astype("float32")
y = np.sin(x[:, 0]) + 0.5 * x[:, 1]
model = NoisyModel([keras.Input((6,)), layers.Dense(32, "tanh"), layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), loss="mse")
history = model.fit(x, y, epochs=8, batch_size=32, verbose=0)
print("loss", round(history.history["loss"][-1], 3))
