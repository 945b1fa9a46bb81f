"""Predict a value that is negative half of the time. (Sequential, scaled inputs, EarlyStopping)"""

import keras
from sklearn.datasets import make_regression
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(7)

X, y = make_regression(n_samples=500, n_features=4, noise=0.1, random_state=1)
X = StandardScaler().fit_transform(X)
y = StandardScaler().fit_transform(y.reshape(-1, 1))

model = keras.Sequential(
    [
        keras.layers.Input((4,)),
        keras.layers.Dense(30, activation="relu"),
        keras.layers.Dense(30, activation="relu"),
        keras.layers.Dense(1, activation="relu"),
    ]
)
model.compile(loss="mse", optimizer="rmsprop", metrics=["mae"])
stop = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
history = model.fit(
    X, y, validation_split=0.2, epochs=20, batch_size=32, callbacks=[stop], verbose=0
)
print("best validation loss", round(min(history.history["val_loss"]), 2))
