"""Digits whose labels run from 1 to 10. (Functional)"""

import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)
pixels, digit = load_digits(return_X_y=True)
pixels = pixels / 16.0
label = digit + 1  # as in the MATLAB file

inputs = layers.Input(shape=(64,))
x = layers.Dense(64, activation="relu")(inputs)
x = layers.Dense(32, activation="relu")(x)
outputs = layers.Dense(10, activation="softmax")(x)
model = keras.Model(inputs, outputs)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(pixels, label, batch_size=32, epochs=4, verbose=2)
