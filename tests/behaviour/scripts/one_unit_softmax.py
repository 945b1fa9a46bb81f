"""Tell patients from controls by eight measurements. (Sequential)"""

import numpy as np
from keras import layers, models

rng = np.random.default_rng(0)
X = rng.normal(size=(400, 8)).astype("float32")
y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype("float32")

model = models.Sequential()
model.add(layers.Input(shape=(8,)))
model.add(layers.Dense(50, activation="relu"))
model.add(layers.Dense(50, activation="relu"))
model.add(layers.Dense(1, activation="softmax"))
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
model.fit(X, y, epochs=5, batch_size=32, verbose=0)

loss, acc = model.evaluate(X, y, verbose=0)
print(f"accuracy: {acc:.2f}")
