"""Digits through a bottleneck of sixteen numbers. (Functional, two models that share layers)"""

import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)
x = load_digits().data.astype("float32") / 16.0

image = keras.Input((64,))
code = layers.Dense(48, activation="relu")(image)
code = layers.Dense(16, activation="relu", name="code")(code)
decoded = layers.Dense(48, activation="relu")(code)
decoded = layers.Dense(64, activation="sigmoid")(decoded)

autoencoder = keras.Model(image, decoded)
encoder = keras.Model(image, code)
autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
autoencoder.fit(x, x, epochs=12, batch_size=64, shuffle=True, verbose=0)
print("code", encoder.predict(x[:1], verbose=0).shape, "loss",
      round(autoencoder.evaluate(x, x, verbose=0), 3))  # fmt: skip
