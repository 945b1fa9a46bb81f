"""Recurrent networks that learn, although their gradient through time looks sick."""

from __future__ import annotations

from typing import Any

from gradmend.gallery._data import normal
from gradmend.gallery._networks import optimizer, seeded
from gradmend.gallery._patient import ODD, Case, Patient

ROWS, SHORT, LONG = 256, 20, 100


def _first_sign(seed: int) -> tuple[Any, Any]:
    """Sequences in which only the first step counts: its sign."""
    x = normal(seed, ROWS, SHORT, 1)
    x[:, 1:] *= 0.1
    return x, (x[:, :1, 0] > 0.0).astype("float32")


def _yes_or_no(keras: Any, steps: int, layer: Any, rate: float) -> Any:
    model = keras.Sequential(
        [keras.Input((steps, 1)), layer, keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile(optimizer("adam", rate), loss="binary_crossentropy")
    return model


def build_trained_latch(seed: int) -> Case:
    """A network that has learned to keep the first sign: its gradient into the past is gone."""
    keras = seeded(seed)
    model = _yes_or_no(keras, SHORT, keras.layers.SimpleRNN(16), 0.01)
    x, y = _first_sign(seed)
    model.fit(x, y, epochs=15, verbose=0)
    return Case(model, x, y)


def build_narrow(seed: int) -> Case:
    """A recurrent matrix from N(0, 0.05): the gradient into the past is tiny; Adam rescales it."""
    keras = seeded(seed)
    narrow = keras.initializers.RandomNormal(stddev=0.05, seed=seed)
    model = _yes_or_no(keras, SHORT, keras.layers.SimpleRNN(16, recurrent_initializer=narrow), 0.01)
    x = normal(seed, ROWS, SHORT, 1)
    return Case(model, x, (x[:, -3:, 0].sum(1, keepdims=True) > 0.0).astype("float32"))


def build_open_gates(seed: int) -> Case:
    """An LSTM whose forget gates start open, at 0.98: saturated on purpose."""
    keras = seeded(seed)
    memory = keras.layers.LSTM(16)
    model = _yes_or_no(keras, SHORT, memory, 0.01)
    kernel, recurrent, bias = memory.get_weights()
    bias[16:32] = 4.0
    memory.set_weights([kernel, recurrent, bias])
    return Case(model, *_first_sign(seed))


def build_every_step(seed: int) -> Case:
    """An answer at every step: the gradient is largest in the middle of the sequence."""
    keras = seeded(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((SHORT, 1)),
            layers.SimpleRNN(16, return_sequences=True),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer("adam", 0.01), loss="binary_crossentropy")
    x = normal(seed, ROWS, SHORT, 1)
    return Case(model, x, (x.cumsum(1) > 0.0).astype("float32"))


def build_long(seed: int) -> Case:
    """A GRU over 100 steps, of which the last few count: squares of early gradients underflow."""
    keras = seeded(seed)
    model = _yes_or_no(keras, LONG, keras.layers.GRU(8), 0.01)
    x = normal(seed, ROWS, LONG, 1)
    return Case(model, x, (x[:, -3:, 0].sum(1, keepdims=True) > 0.0).astype("float32"))


PATIENTS = (
    Patient(
        name="trained-latch",
        title="a recurrent network that has learned to remember",
        build=build_trained_latch,
        source="trained by the builder; Bengio, Simard & Frasconi (1994), on latching",
    ),
    Patient(
        name="narrow-recurrence",
        title="a tiny recurrent matrix, and an answer in the last steps",
        build=build_narrow,
        # What lies far back is out of reach, and nobody asks for it.
        verdicts=ODD,
        source="measured: learns with Adam in 8 epochs",
    ),
    Patient(
        name="open-forget-gates",
        title="an LSTM whose forget gates start open",
        build=build_open_gates,
        source="Jozefowicz, Zaremba & Sutskever (2015), ICML",
    ),
    Patient(
        name="answer-at-every-step",
        title="a recurrent network that answers at every step",
        build=build_every_step,
        source="Keras guide on recurrent layers",
    ),
    Patient(
        name="gru-100",
        title="a GRU over 100 steps, of which the last three count",
        build=build_long,
        verdicts=ODD,
        source="gradients of the first steps are below 1e-19, and nobody needs them",
    ),
)
