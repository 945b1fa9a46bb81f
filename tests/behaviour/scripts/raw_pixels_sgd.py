"""Digits as they come out of the file, 0..255. (Functional, class, main guard)"""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

EPOCHS = 6


def load():
    digits = load_digits()
    images = (digits.images * 255 / 16).astype("uint8").astype("float32")
    return images.reshape(len(images), -1), digits.target


def build():
    inputs = keras.Input(shape=(64,), name="pixels")
    x = layers.Dense(128, activation="relu")(inputs)
    x = layers.Dense(64, activation="relu")(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="mnist_mlp")


def main():
    keras.utils.set_random_seed(0)
    x, y = load()
    model = build()
    model.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy")
    model.fit(x[:1500], y[:1500], batch_size=32, epochs=EPOCHS, verbose=0)
    guessed = model.predict(x[1500:], verbose=0).argmax(axis=1)
    print(f"test accuracy {np.mean(guessed == y[1500:]):.2f}")


if __name__ == "__main__":
    main()
