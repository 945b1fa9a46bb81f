"""A linear recurrence whose gradient grows 1.1 times per step: NaN, and three ways to clip it."""

import keras
import numpy as np

STEPS = 50
random = np.random.default_rng(0)
x = random.normal(size=(600, STEPS, 4)).astype("float32")
y = x[:, -5:].mean(axis=(1, 2), keepdims=False)[:, None] * 4.0


def trained(**clipping: float) -> float:
    """Return the mean squared error on held-out rows after the training."""
    keras.utils.set_random_seed(1)
    recurrence = keras.layers.SimpleRNN(
        16, activation="linear", recurrent_initializer=keras.initializers.Orthogonal(gain=1.1)
    )
    model = keras.Sequential([keras.Input((STEPS, 4)), recurrence, keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.01, **clipping), "mse")
    model.fit(x[:500], y[:500], epochs=15, batch_size=32, verbose=0)
    return float(model.evaluate(x[500:], y[500:], verbose=0))


print(f"a constant prediction     {y[500:].var():.3f}")
for clipping in ({}, {"global_clipnorm": 1.0}, {"clipnorm": 1.0}, {"clipvalue": 0.5}):
    print(f"{clipping or 'no clipping'!s:<25} {trained(**clipping):.3f}")
