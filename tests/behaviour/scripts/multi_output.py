"""Class and size of a blob from one trunk. (two outputs, loss weights, dict targets)"""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
rng = np.random.default_rng(3)
kind = rng.integers(0, 4, 1200)
size = rng.normal(size=1200).astype("float32")
centre = rng.normal(size=(4, 12))
x = centre[kind] + size[:, None] * rng.normal(size=12) + 0.3 * rng.normal(size=(1200, 12))

inputs = keras.Input((12,))
trunk = layers.Dense(48, activation="relu")(inputs)
trunk = layers.Dense(48, activation="relu")(trunk)
model = keras.Model(
    inputs,
    {
        "kind": layers.Dense(4, activation="softmax", name="kind")(trunk),
        "size": layers.Dense(1, name="size")(trunk),
    },
)
model.compile(
    optimizer="adam",
    loss={"kind": "sparse_categorical_crossentropy", "size": "mse"},
    loss_weights={"kind": 1.0, "size": 0.5},
    metrics={"kind": "accuracy"},
)
history = model.fit(x, {"kind": kind, "size": size}, epochs=8, verbose=0)
print("kind accuracy", round(history.history["kind_accuracy"][-1], 2))
