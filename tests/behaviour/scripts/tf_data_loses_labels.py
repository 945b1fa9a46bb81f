"""A tf.data pipeline that loses the labels on the way: every label becomes zero. (tf.data)"""

import keras
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale

keras.utils.set_random_seed(0)
features, labels = load_breast_cancer(return_X_y=True)
features = scale(features).astype("float32")


def prepare(x, y):
    return x, tf.cast(y, tf.int32) // 2  # meant for another coding of the labels


data = tf.data.Dataset.from_tensor_slices((features, labels)).shuffle(1000, seed=0)
train = data.map(prepare).batch(32).prefetch(2)

model = keras.Sequential(
    [
        keras.Input((30,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=6, verbose=0)
print("accuracy", model.evaluate(train, verbose=0)[1])
