"""Key points from pixels by layers without activation, wide weights, a large step. (Sequential)"""

import keras
import numpy as np
from keras.initializers import RandomNormal

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
faces = rng.uniform(0, 1, size=(400, 96)).astype("float32")
points = np.tanh(faces @ rng.normal(size=(96, 6)) / 5).astype("float32")

model = keras.Sequential()
model.add(keras.layers.Input((96,)))
model.add(keras.layers.Dense(64, kernel_initializer=RandomNormal(stddev=1.0)))
model.add(keras.layers.Dense(64, kernel_initializer=RandomNormal(stddev=1.0)))
model.add(keras.layers.Dense(6, kernel_initializer=RandomNormal(stddev=1.0)))
model.compile(optimizer=keras.optimizers.SGD(learning_rate=3.0), loss="mse")
model.fit(faces, points, epochs=3, batch_size=10, verbose=2)
print(model.predict(faces[:2], verbose=0))
