"""A deep classifier with its options on the command line. (argparse, loop of layers)"""

import argparse

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--layers", type=int, default=8)
parser.add_argument("--units", type=int, default=64)
parser.add_argument("--epochs", type=int, default=5)
args = parser.parse_args()

keras.utils.set_random_seed(3)
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16.0, y, random_state=0)

model = keras.Sequential([keras.layers.Input((64,))])
for _ in range(args.layers):
    model.add(keras.layers.Dense(args.units, "relu", kernel_initializer="he_normal"))
model.add(keras.layers.Dense(10, "softmax"))
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=args.lr),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(X_train, y_train, epochs=args.epochs, validation_data=(X_test, y_test), verbose=0)
print("test accuracy", model.evaluate(X_test, y_test, verbose=0)[1])
