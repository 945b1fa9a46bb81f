"""Several seeds of one network, whose biases start far below zero. (several fits in a loop)"""

import keras
import numpy as np
from sklearn.datasets import make_blobs

x, y = make_blobs(n_samples=600, centers=3, n_features=10, random_state=0)
x = (x - x.mean(0)) / x.std(0)
scores = []
for seed in range(3):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((10,))])
    for units in (64, 64, 32):
        model.add(
            keras.layers.Dense(
                units, activation="relu", bias_initializer=keras.initializers.Constant(-6.0)
            )
        )
    model.add(keras.layers.Dense(3, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=3, batch_size=32, verbose=0)
    scores.append(model.evaluate(x, y, verbose=0)[1])
    print(f"seed {seed}: {scores[-1]:.2f}")
print("mean accuracy", np.mean(scores))
