"""The convolutional network of the Keras examples, on sklearn's digits. (checkpoint callback)"""

import tempfile

import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)
digits = load_digits()
x = digits.images.astype("float32")[..., None] / 16
y = keras.utils.to_categorical(digits.target, 10)

model = keras.Sequential(
    [
        keras.Input(shape=(8, 8, 1)),
        layers.Conv2D(16, kernel_size=(3, 3), padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
with tempfile.TemporaryDirectory() as folder:
    best = keras.callbacks.ModelCheckpoint(f"{folder}/best.weights.h5", save_weights_only=True)
    model.fit(x, y, batch_size=64, epochs=5, callbacks=[best], verbose=2)
print("accuracy", round(model.evaluate(x, y, verbose=0)[1], 2))
