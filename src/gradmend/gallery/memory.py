"""Recurrent networks whose answer stands at the beginning of the sequence."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._language import WORDS, adding, agreement, copying, reviews
from gradmend.gallery._networks import drawn, optimizer, seeded
from gradmend.gallery._patient import SICK, Case, Patient
from gradmend.records import Cause, Verdict

WATCH = frozenset({Verdict.WATCH})
QUIET = frozenset({Verdict.HEALTHY, Verdict.WATCH})
SHORT = drawn("RandomNormal", stddev=0.05)
LINZEN = "after Linzen, Dupoux & Goldberg (2016), TACL; measured: {}"


def recurrent(kind: str, units: int = 32) -> Any:
    """Return one recurrent layer: short, simple, lstm or gru."""
    import keras

    if kind == "short":
        return keras.layers.SimpleRNN(units, recurrent_initializer=keras.initializers.get(SHORT))
    made = {"simple": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}[kind]
    return getattr(keras.layers, made)(units)


def agreement_model(seed: int, *, kind: str, steps: int) -> Any:
    """Return the compiled network of the agreement language."""
    keras = seeded(seed)
    model = keras.Sequential(
        [
            keras.Input((steps,), dtype="int32"),
            keras.layers.Embedding(len(WORDS), 16),
            recurrent(kind),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer("adam", 3e-3, clipnorm=1.0), loss="binary_crossentropy", metrics=["accuracy"]
    )
    return model


def build(seed: int, *, kind: str, steps: int, rows: int = 2000) -> Case:
    """Does the pronoun at the end agree with the noun at the beginning?"""
    return Case(
        agreement_model(seed, kind=kind, steps=steps), *agreement(seed, steps=steps, rows=rows)
    )


def build_adding(seed: int, *, steps: int) -> Case:
    """The sum of two marked numbers, by an LSTM as Keras builds it."""
    keras = seeded(seed)
    model = keras.Sequential([keras.Input((steps, 2)), recurrent("lstm"), keras.layers.Dense(1)])
    model.compile(optimizer("adam", 3e-3, clipnorm=1.0), loss="mse")
    return Case(model, *adding(seed, steps=steps))


def build_copying(seed: int, *, steps: int) -> Case:
    """Which of eight symbols stood first? By a GRU as Keras builds it."""
    keras = seeded(seed)
    model = keras.Sequential(
        [
            keras.Input((steps,), dtype="int32"),
            keras.layers.Embedding(9, 16),
            recurrent("gru"),
            keras.layers.Dense(8, activation="softmax"),
        ]
    )
    model.compile(optimizer("adam", 3e-3, clipnorm=1.0), loss="sparse_categorical_crossentropy")
    return Case(model, *copying(seed, steps=steps))


def build_reviews(seed: int, *, steps: int) -> Case:
    """The opinion stands among the first words: Embedding, LSTM, Dropout, Dense."""
    keras = seeded(seed)
    model = keras.Sequential(
        [
            keras.Input((steps,), dtype="int32"),
            keras.layers.Embedding(1000, 128),
            keras.layers.LSTM(64),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer("adam", 1e-3), loss="binary_crossentropy", metrics=["accuracy"])
    return Case(model, *reviews(seed, steps=steps))


PATIENTS = (
    Patient(
        name="agreement-short",
        title="agreement over 100 words, SimpleRNN with a recurrent kernel from N(0, 0.05)",
        build=partial(build, kind="short", steps=100),
        verdicts=WATCH,
        source=LINZEN.format("accuracy 0.48-0.49"),
    ),
    Patient(
        name="agreement-simple",
        title="agreement over 50 words, SimpleRNN as Keras builds it",
        build=partial(build, kind="simple", steps=50),
        verdicts=QUIET,
        source=LINZEN.format("accuracy 1.00"),
    ),
    Patient(
        name="agreement-lstm",
        title="agreement over 200 words, LSTM as Keras builds it",
        build=partial(build, kind="lstm", steps=200),
        verdicts=WATCH,
        large=True,
        source=LINZEN.format("accuracy 0.44-0.50 at 100 words"),
    ),
    Patient(
        name="agreement-gru",
        title="agreement over 400 words, GRU as Keras builds it",
        build=partial(build, kind="gru", steps=400),
        verdicts=WATCH,
        large=True,
        source=LINZEN.format("accuracy 0.48-0.50 at 100 words"),
    ),
    Patient(
        name="adding-lstm",
        title="the adding problem over 150 steps, LSTM as Keras builds it",
        build=partial(build_adding, steps=150),
        verdicts=WATCH,
        large=True,
        source="Hochreiter & Schmidhuber (1997), Neural Computation 9(8)",
    ),
    Patient(
        name="copying-gru",
        title="one symbol kept over 150 steps, GRU as Keras builds it",
        build=partial(build_copying, steps=150),
        # Blanks between: at the end all samples look the same, and it stays at chance.
        verdicts=SICK,
        causes=frozenset({Cause.RECURRENT_MEMORY}),
        source="Arjovsky, Shah & Bengio (2016), ICML",
    ),
    Patient(
        name="review-lstm",
        title="reviews of 150 words, the opinion among the first five, LSTM(64)",
        build=partial(build_reviews, steps=150),
        verdicts=WATCH,
        large=True,
        source="the usual sentiment model on text drawn from a seed",
    ),
)
