"""Which sign does the sum of a short sequence have? (LSTM, PyDataset)"""

import keras
import numpy as np


class Sequences(keras.utils.PyDataset):
    def __init__(self, batches, size=32, **kwargs):
        super().__init__(**kwargs)
        self.batches, self.size = batches, size

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        random = np.random.default_rng(index)
        x = random.normal(size=(self.size, 12, 1)).astype("float32")
        return x, (x.sum(axis=(1, 2)) > 0).astype("float32")


keras.utils.set_random_seed(0)
model = keras.Sequential(
    [keras.Input((12, 1)), keras.layers.LSTM(16), keras.layers.Dense(1, activation="sigmoid")]
)
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
model.fit(Sequences(40), epochs=4, verbose=0)
print("accuracy", round(model.evaluate(Sequences(5), verbose=0)[1], 2))
