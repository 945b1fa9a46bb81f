"""Click-through from a user id and numbers. (two inputs, dicts)"""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
taste = rng.normal(size=50)
user = rng.integers(0, 50, size=(2000, 1))
numbers = rng.normal(size=(2000, 6)).astype("float32")
clicked = (taste[user[:, 0]] + numbers[:, 0] * numbers[:, 1] > 0).astype("float32")

user_in = keras.Input((1,), dtype="int32", name="user")
numbers_in = keras.Input((6,), name="numbers")
x = layers.Flatten()(layers.Embedding(50, 8)(user_in))
x = layers.Concatenate()([x, numbers_in])
x = layers.Dense(64, activation="relu")(x)
x = layers.Dense(32, activation="relu")(x)
out = layers.Dense(1, activation="sigmoid", name="clicked")(x)
model = keras.Model([user_in, numbers_in], out)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])

data = {"user": user, "numbers": numbers}
model.fit(data, clicked, epochs=8, batch_size=64, validation_split=0.1, verbose=0)
print("accuracy", round(model.evaluate(data, clicked, verbose=0)[1], 3))
