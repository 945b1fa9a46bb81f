"""Fit a line whose values are far above one. (Sequential, no seed, generator of batches)"""

import numpy as np
from keras.layers import Dense, Input
from keras.models import Sequential
from keras.optimizers import SGD


def batches(size=20):
    random = np.random.default_rng(5)
    while True:
        hours = random.uniform(0, 1, (size, 1))
        yield hours, 3 * hours + 2


model = Sequential([Input((1,)), Dense(5, activation="sigmoid"), Dense(1, activation="sigmoid")])
model.compile(loss="mean_squared_error", optimizer=SGD(0.1))
model.fit(batches(), steps_per_epoch=50, epochs=6, verbose=0)
for hours in (0.0, 0.5, 1.0):
    print(hours, "->", model.predict(np.array([[hours]]), verbose=0)[0, 0], "wanted", 3 * hours + 2)
