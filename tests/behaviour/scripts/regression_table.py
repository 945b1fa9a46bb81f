"""Diabetes, cross-validated. (several fits in a loop, healthy)"""

import keras
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(0)
X, y = load_diabetes(return_X_y=True)
X = StandardScaler().fit_transform(X)
y = (y - y.mean()) / y.std()


def build_model():
    model = keras.Sequential(
        [
            keras.layers.Input((X.shape[1],)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    return model


errors = []
for train, test in KFold(n_splits=3, shuffle=True, random_state=0).split(X):
    model = build_model()
    model.fit(X[train], y[train], epochs=12, batch_size=16, verbose=0)
    errors.append(model.evaluate(X[test], y[test], verbose=0)[1])
print("mean absolute error", round(float(np.mean(errors)), 2))
