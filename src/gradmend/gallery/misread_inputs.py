"""Inputs that arrive as something else: ids as fractions, seconds without their last digits."""

from __future__ import annotations

from functools import partial

from gradmend.gallery._networks import seeded
from gradmend.gallery._patient import SICK
from gradmend.gallery._program import Loss, Program
from gradmend.gallery._trained import TrainedPatient
from gradmend.records import Cause


def build_clock(seed: int, *, start: float) -> Program:
    """A cycle of 45 seconds, read off a clock that counts from `start`."""
    import numpy as np

    keras = seeded(seed)
    seconds = np.random.default_rng(0).uniform(0.0, 86_400.0, size=(640, 1)) // 1.0
    clock = keras.Input((1,))
    phase = (clock - start) * (2.0 * np.pi / 45.0)
    circle = keras.layers.Concatenate()([keras.ops.sin(phase), keras.ops.cos(phase)])
    hidden = keras.layers.Dense(16, "relu", name="hidden")(circle)
    y = np.sin(seconds * (2.0 * np.pi / 45.0)).astype("float32")
    return Program(
        seed=seed,
        model=keras.Model(clock, keras.layers.Dense(1, name="head")(hidden)),
        x=(start + seconds).astype("float32"),
        y=y,
        truth=y,
        task="numbers",
        loss=Loss("mean_squared_error"),
        optimizer={"name": "adam", "learning_rate": 0.01},
        epochs=10,
    )


def build_words(seed: int, *, scaled: bool) -> Program:
    """Is one word among twelve? By an embedding that is given ids, or ids scaled to 0..1."""
    import numpy as np

    keras = seeded(seed)
    ids = np.random.default_rng(0).integers(1, 50, size=(640, 12))
    y = (ids < 5).any(axis=1).astype("float32")
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((12,)),
            layers.Embedding(50, 8, name="words"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, "sigmoid", name="head"),
        ]
    )
    return Program(
        seed=seed,
        model=model,
        x=(ids / 50.0 if scaled else ids).astype("float32"),
        y=y,
        truth=y,
        task="binary",
        loss=Loss("binary_crossentropy"),
        optimizer={"name": "adam", "learning_rate": 0.02},
        epochs=12,
        faulty=("words",) if scaled else (),
    )


PATIENTS = (
    TrainedPatient(
        name="scaled-ids",
        title="token ids scaled to 0..1 before their embedding",
        build=partial(build_words, scaled=True),
        verdicts=SICK,
        causes=frozenset({Cause.DATA}),
        source="documentation of keras.layers.Embedding",
    ),
    TrainedPatient(
        name="whole-ids",
        title="the same ids as they are",
        build=partial(build_words, scaled=False),
        source="its twin looks one row up for every word",
    ),
    TrainedPatient(
        name="unix-time",
        title="a cycle of 45 s read off seconds since 1970, in float32",
        build=partial(build_clock, start=1_712_000_000.0),
        verdicts=SICK,
        causes=frozenset({Cause.PRECISION}),
        source="Goldberg (1991), ACM Computing Surveys 23(1)",
    ),
    TrainedPatient(
        name="seconds-of-the-day",
        title="the same cycle read off seconds since midnight",
        build=partial(build_clock, start=0.0),
        source="its twin's clock moves in steps of 128 s",
    ),
)
