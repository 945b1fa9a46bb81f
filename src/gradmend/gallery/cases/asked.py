"""Programs asked about on Stack Overflow, by the number of the question."""

from __future__ import annotations

from typing import Any

from gradmend.gallery._data import images, normal
from gradmend.gallery._networks import CROSSENTROPY, drawn, seeded
from gradmend.gallery._program import Loss, Program
from gradmend.gallery.cases._case import RealCase
from gradmend.gallery.cases._parts import ROWS, dense, large_digits, one_hot
from gradmend.records import Cause

MSE, CE, BCE = (
    Loss("mean_squared_error"),
    Loss("categorical_crossentropy"),
    Loss("binary_crossentropy"),
)


def _classes(seed: int, model: Any, x: Any, y: Any, **settings: Any) -> Program:
    return Program(seed=seed, model=model, x=x, y=one_hot(y), truth=y, task="classes", **settings)


def _numbers(seed: int, model: Any, x: Any, y: Any, **settings: Any) -> Program:
    return Program(seed=seed, model=model, x=x, y=y, truth=y, task="numbers", loss=MSE, **settings)


def _binary(seed: int, model: Any, x: Any, y: Any, loss: Loss, **settings: Any) -> Program:
    return Program(seed=seed, model=model, x=x, y=y, truth=y, task="binary", loss=loss, **settings)


def _steps(name: str, rate: float, **settings: Any) -> dict[str, Any]:
    return {"name": name, "learning_rate": rate, **settings}


def so48385830(seed: int) -> Program:
    """No activations, N(0, 1) weights and biases, SGD 3.0."""
    wide = drawn("RandomNormal", stddev=1.0)
    model = dense(seed, 784, [30], 10, None, None, kernel_initializer=wide, bias_initializer=wide)
    return _classes(
        seed, model, *large_digits(), loss=MSE, optimizer=_steps("sgd", 3.0), batch_size=10
    )


def so48934338(seed: int) -> Program:
    """Y = 5x² from 50 rows, SGD 0.1."""
    import numpy as np

    x = np.linspace(0.0, 5.0, 50, dtype="float32")[:, None]
    y = 5.0 * x**2 + normal(0, 50, 1)
    model = dense(seed, 1, [50, 30], 1, "relu", None, kernel_initializer="uniform")
    return _numbers(seed, model, x, y, optimizer=_steps("sgd", 0.1), epochs=100)


def so65777704(seed: int) -> Program:
    """Five sigmoid layers on images divided by their norm."""
    import numpy as np

    x, y = large_digits()
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    model = dense(seed, 784, [8, 16, 32, 64, 128], 10, "sigmoid", "softmax")
    return _classes(
        seed, model, x, y, loss=CE, optimizer=_steps("adam", 1e-3), batch_size=250, epochs=30
    )


def so49583466(seed: int) -> Program:
    """Three sigmoid layers on a sine, SGD."""
    import numpy as np

    x = np.linspace(0.0, 1.0, 500, dtype="float32")[:, None]
    y = (np.sin(12.0 * x) + 1.0) / 2.0
    model = dense(seed, 1, [20, 20, 20], 1, "sigmoid", None, kernel_initializer="uniform")
    return _numbers(seed, model, x, y, optimizer=_steps("sgd", 0.01), epochs=30)


def so39217567(seed: int) -> Program:
    """All 8-bit numbers through three sigmoid layers back to their bits."""
    import numpy as np

    x = ((np.arange(256)[:, None] >> np.arange(8)) & 1).astype("float32")
    narrow = drawn("RandomNormal", stddev=0.05)
    model = dense(seed, 8, [8, 8, 8], 8, "sigmoid", "sigmoid", kernel_initializer=narrow)
    return Program(
        seed=seed,
        model=model,
        x=x,
        y=x,
        truth=x,
        task="labels",
        loss=MSE,
        optimizer=_steps("sgd", 0.01),
        batch_size=50,
        epochs=100,
    )


def so31880720(seed: int) -> Program:
    """All ones against all zeros, a softmax over one unit."""
    import numpy as np

    x = np.repeat(np.array([[1.0], [0.0]], "float32"), 128, 1).repeat(64, 0)
    model = dense(seed, 128, [50, 50], 1, "relu", "softmax")
    return _binary(seed, model, x, x[:, :1], BCE, optimizer=_steps("rmsprop", 1e-3))


def so47352366(seed: int) -> Program:
    """A convolutional network whose last activation is a ReLU."""
    keras = seeded(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, "relu", name="hidden"),
            layers.Dense(10, "relu", name="head"),
        ]
    )
    x, y = images()
    return _classes(seed, model, x[:ROWS], y[:ROWS], loss=CE)


def so55328966(seed: int) -> Program:
    """Pixels in 0..255, and a sigmoid under categorical cross-entropy, SGD 0.0001."""
    keras = seeded(seed)
    model = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(128, name="hidden_1"),
            keras.layers.Dense(50, "relu", name="hidden_2"),
            keras.layers.Dense(10, "sigmoid", name="head"),
        ]
    )
    x, y = large_digits()
    return _classes(seed, model, x * 255.0, y, loss=CE, optimizer=_steps("sgd", 1e-4))


def so48221692(seed: int) -> Program:
    """A sigmoid output for numbers far above 1."""
    x = abs(normal(0, 200, 1)) * 5.0
    model = dense(seed, 1, [5], 1, "sigmoid", "sigmoid")
    return _numbers(seed, model, x, 3.0 * x + 5.0, optimizer=_steps("sgd", 0.01), epochs=30)


def so59758722(seed: int) -> Program:
    """A ReLU output, half of the targets below zero."""
    x = normal(0, 300, 4)
    y = x @ normal(1, 4, 1) * 50.0
    model = dense(seed, 4, [30, 30], 1, "relu", "relu")
    return _numbers(seed, model, x, y, optimizer=_steps("rmsprop", 1e-3), epochs=30)


def so45442843(seed: int) -> Program:
    """One sigmoid unit, and a softmax over one unit."""
    x = normal(0, 200, 1)
    model = dense(seed, 1, [1], 1, "sigmoid", "softmax")
    y = (x > 0.0).astype("float32")
    loss = Loss("mean_absolute_error")
    return _binary(seed, model, x, y, loss, optimizer=_steps("rmsprop", 1e-3), epochs=20)


def so56452176(seed: int) -> Program:
    """Five rows, y = x/2, through one ReLU unit."""
    import numpy as np

    x = np.arange(1.0, 6.0, dtype="float32")[:, None]
    model = dense(seed, 1, [1, 9], 1, "relu", "relu")
    return _numbers(seed, model, x, x / 2.0, optimizer=_steps("adam", 0.01), epochs=300)


def so57516678(seed: int) -> Program:
    """A ReLU LSTM over 100 steps, clipped by norm."""
    keras = seeded(seed)
    model = keras.Sequential(
        [
            keras.Input((100, 16)),
            keras.layers.LSTM(128, activation="relu", name="memory"),
            keras.layers.Dense(1, "sigmoid", name="head"),
        ]
    )
    x = normal(0, 32, 100, 16)
    y = (x[:, :, 0].mean(1, keepdims=True) > 0.0).astype("float32")
    clipped = _steps("nadam", 4e-4, clipnorm=1.0)
    return _binary(seed, model, x, y, BCE, optimizer=clipped, epochs=20)


def so68938619(seed: int) -> Program:
    """A sigmoid LSTM, and a softmax over one unit."""
    keras = seeded(seed)
    model = keras.Sequential(
        [
            keras.Input((10, 1)),
            keras.layers.LSTM(40, activation="sigmoid", name="memory"),
            keras.layers.Dense(1, "softmax", name="head"),
        ]
    )
    x = normal(0, 200, 10, 1)
    y = (x[:, :, 0].mean(1, keepdims=True) > 0.0).astype("float32")
    return _binary(seed, model, x, y, MSE, optimizer=_steps("rmsprop", 1e-3))


def so64522751(seed: int) -> Program:
    """Three convolutions under Adam 0.1."""
    keras = seeded(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((16, 16, 1)),
            layers.Conv2D(12, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(25, 3, activation="relu"),
            layers.Conv2D(50, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, "relu", name="hidden"),
            layers.Dense(10, "softmax", name="head"),
        ]
    )
    x, y = images()
    x, y = x[:ROWS].repeat(2, 1).repeat(2, 2), y[:ROWS]
    return Program(
        seed=seed,
        model=model,
        x=x,
        y=y,
        truth=y,
        task="classes",
        loss=Loss(CROSSENTROPY),
        optimizer=_steps("adam", 0.1),
        batch_size=10,
        epochs=4,
    )


HEAD, STEP, START = Cause.OUTPUT_ACTIVATION, Cause.LEARNING_RATE, Cause.INITIALIZER
PAIRING, SHAPE = Cause.LOSS_PAIRING, Cause.ACTIVATION


def _case(build: Any, *causes: Cause, seed_dependent: bool = False) -> RealCase:
    return RealCase(
        name=build.__name__,
        title=build.__doc__.rstrip("."),
        source=f"Stack Overflow {build.__name__[2:]}",
        build=build,
        causes=frozenset(causes),
        seed_dependent=seed_dependent,
    )


CASES = (
    _case(so48385830, STEP, SHAPE, PAIRING, START),
    _case(so48934338, STEP, Cause.TARGET_SCALE),
    _case(so65777704, SHAPE, Cause.INPUT_SCALE),
    _case(so49583466, SHAPE, START, STEP),
    _case(so39217567, SHAPE, START, STEP),
    _case(so31880720, HEAD, PAIRING),
    _case(so47352366, HEAD, PAIRING),
    _case(so55328966, Cause.INPUT_SCALE, PAIRING, HEAD),
    _case(so48221692, HEAD),
    _case(so59758722, HEAD, Cause.TARGET_SCALE),
    _case(so45442843, HEAD, PAIRING),
    _case(so56452176, SHAPE, START, Cause.DEPTH, HEAD, seed_dependent=True),
    _case(so57516678, Cause.RECURRENT_EXPLOSION, SHAPE),
    _case(so68938619, HEAD, PAIRING),
    _case(so64522751, STEP),
)
