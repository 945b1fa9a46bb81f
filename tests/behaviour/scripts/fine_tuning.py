"""Train on some digits, freeze, put a new head on, train on the others. (two fits, frozen base)"""

import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)
x, y = load_digits(return_X_y=True)
x = x / 16.0
old, new = y < 5, y >= 5

base = keras.Sequential(
    [keras.Input((64,)), layers.Dense(64, activation="relu"), layers.Dense(32, activation="relu")],
    name="base",
)
first = keras.Sequential([base, layers.Dense(5, activation="softmax")], name="pretraining")
first.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
first.fit(x[old], y[old], epochs=6, verbose=0)

base.trainable = False
inputs = keras.Input((64,))
outputs = layers.Dense(5, activation="softmax")(base(inputs, training=False))
second = keras.Model(inputs, outputs, name="finetuned")
second.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
second.fit(x[new], y[new] - 5, epochs=6, verbose=0)
print("new digits", round(second.evaluate(x[new], y[new] - 5, verbose=0)[1], 2))
