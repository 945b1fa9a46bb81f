"""House prices in dollars, plain SGD. (Sequential, Normalization layer on the inputs)"""

import keras
import numpy as np

keras.utils.set_random_seed(0)
rng = np.random.default_rng(1)
area = rng.uniform(40, 250, 600)
rooms = np.round(area / 30 + rng.normal(0, 0.7, 600))
age = rng.uniform(0, 80, 600)
price = 2100 * area + 9000 * rooms - 800 * age + rng.normal(0, 20000, 600)
features = np.stack([area, rooms, age], axis=1).astype("float32")

normalize = keras.layers.Normalization()
normalize.adapt(features)
model = keras.Sequential(
    [
        keras.Input((3,)),
        normalize,
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mean_squared_error")
history = model.fit(features, price, epochs=5, validation_split=0.1, verbose=2)
print("loss per epoch:", history.history["loss"])
