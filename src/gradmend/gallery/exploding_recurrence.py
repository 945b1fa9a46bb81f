"""A linear recurrence over 50 steps: a spectral radius above 1 multiplies at every step."""

from __future__ import annotations

from functools import partial

from gradmend.gallery._data import normal
from gradmend.gallery._networks import optimizer, seeded
from gradmend.gallery._patient import ODD, SICK, Case, Patient
from gradmend.records import Cause

STEPS = 50
LAST = 5
SOURCE = (
    "Pascanu, Mikolov & Bengio (2013), ICML; measured on 3 seeds: squared error over variance {}"
)


def build(seed: int, *, radius: float, activation: str | None = None, last: int = LAST) -> Case:
    """32 recurrent units with an orthogonal matrix times `radius`, on the mean of the last steps.

    A mean over all 50 steps is another patient: to sum them up the matrix has to learn a radius
    of 1, and SGD 0.01 steps over it from 0.3, 0.5, 0.7, 0.8 and 0.9 alike.
    """
    keras = seeded(seed)
    keep = keras.initializers.Orthogonal(gain=radius, seed=seed)
    model = keras.Sequential(
        [
            keras.Input((STEPS, 4)),
            keras.layers.SimpleRNN(32, activation=activation, recurrent_initializer=keep),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer("sgd", 0.01), loss="mse")
    x = normal(seed, 512, STEPS, 4)
    return Case(model, x, 4.0 * x[:, -last:].mean((1, 2))[:, None])


PATIENTS = (
    Patient(
        name="exploding-recurrence",
        title="a linear recurrence with spectral radius 1.1 over 50 steps",
        build=partial(build, radius=1.1),
        verdicts=SICK,
        causes=frozenset({Cause.RECURRENT_EXPLOSION}),
        source=SOURCE.format("NaN"),
    ),
    Patient(
        name="stable-recurrence",
        title="the same recurrence with spectral radius 0.9",
        build=partial(build, radius=0.9),
        source=SOURCE.format("0.003-0.01"),
    ),
    Patient(
        name="tanh-recurrence",
        title="the same recurrence with radius 1.1, held by tanh",
        build=partial(build, radius=1.1, activation="tanh"),
        verdicts=ODD,
        source=SOURCE.format("0.11-0.12"),
    ),
)
