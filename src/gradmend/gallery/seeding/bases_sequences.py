"""Healthy programs on sequences of numbers and of words."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import early_sums, padded_tokens
from gradmend.gallery._networks import seeded
from gradmend.gallery._program import Loss, Program
from gradmend.gallery.seeding._base import Base

STEPS, WORDS, LENGTH = 12, 40, 10


def _yes_or_no(seed: int, model: Any, x: Any, y: Any, **settings: Any) -> Program:
    return Program(
        seed=seed,
        model=model,
        x=x,
        y=y,
        truth=y,
        task="binary",
        loss=Loss("binary_crossentropy"),
        optimizer={"name": "adam", "learning_rate": 0.01},
        **settings,
    )


def _recurrent(seed: int, *, cell: str, both_ways: bool = False) -> Program:
    keras = seeded(seed)
    layer = getattr(keras.layers, cell)(12, name="memory")
    if both_ways:
        layer = keras.layers.Bidirectional(layer, name="both_ways")
    model = keras.Sequential(
        [keras.Input((STEPS, 2)), layer, keras.layers.Dense(1, "sigmoid", name="head")]
    )
    return _yes_or_no(seed, model, *early_sums(0, steps=STEPS), epochs=15)


def _mean_of_sequence(seed: int) -> Program:
    keras = seeded(seed)
    model = keras.Sequential(
        [
            keras.Input((STEPS, 2)),
            keras.layers.SimpleRNN(16, name="memory"),
            keras.layers.Dense(1, name="head"),
        ]
    )
    x, _ = early_sums(0, steps=STEPS)
    y = (x[:, :, 0].mean(1, keepdims=True) * STEPS**0.5).astype("float32")
    return Program(
        seed=seed,
        model=model,
        x=x,
        y=y,
        truth=y,
        task="numbers",
        loss=Loss("mean_squared_error"),
        optimizer={"name": "adam", "learning_rate": 5e-3},
        epochs=15,
    )


def _words(seed: int, *, kind: str) -> Program:
    keras = seeded(seed)
    layers = keras.layers
    body = {
        "average": [layers.GlobalAveragePooling1D(), layers.Dense(8, "relu", name="hidden")],
        "convolution": [
            layers.Conv1D(12, 3, activation="relu", name="conv"),
            layers.GlobalMaxPooling1D(),
        ],
        "gru": [layers.GRU(12, name="memory")],
    }[kind]
    model = keras.Sequential(
        [
            keras.Input((LENGTH,), dtype="int32"),
            layers.Embedding(WORDS, 8, mask_zero=kind == "gru", name="words"),
            *body,
            layers.Dense(1, "sigmoid", name="head"),
        ]
    )
    x, y = padded_tokens(0, rows=300, length=LENGTH, words=WORDS)
    return _yes_or_no(seed, model, x, y.astype("float32"), epochs=10)


def _transformer(seed: int) -> Program:
    keras = seeded(seed)
    layers = keras.layers
    tokens = keras.Input((LENGTH,), dtype="int32")
    x = layers.Embedding(WORDS, 12, name="words")(tokens)
    seen = layers.LayerNormalization()(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 6, name="attention")(seen, seen)])
    branch = layers.Dense(24, activation="gelu", name="wide")(layers.LayerNormalization()(x))
    x = layers.Add()([x, layers.Dense(12, name="narrow")(branch)])
    pooled = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    model = keras.Model(tokens, layers.Dense(1, activation="sigmoid", name="head")(pooled))
    x, y = padded_tokens(0, rows=300, length=LENGTH, words=WORDS)
    return _yes_or_no(seed, model, x, y.astype("float32"), epochs=8)


BASES = (
    Base(
        name="rnn", title="a SimpleRNN over 12 steps", build=partial(_recurrent, cell="SimpleRNN")
    ),
    Base(name="lstm", title="an LSTM over 12 steps", build=partial(_recurrent, cell="LSTM")),
    Base(name="gru", title="a GRU over 12 steps", build=partial(_recurrent, cell="GRU")),
    Base(
        name="bidirectional",
        title="an LSTM both ways over 12 steps",
        build=partial(_recurrent, cell="LSTM", both_ways=True),
    ),
    Base(name="sequence-mean", title="the mean of a sequence, SimpleRNN", build=_mean_of_sequence),
    Base(name="text-average", title="averaged words", build=partial(_words, kind="average")),
    Base(
        name="text-convolution",
        title="a convolution over words",
        build=partial(_words, kind="convolution"),
    ),
    Base(name="text-gru", title="a GRU over masked words", build=partial(_words, kind="gru")),
    Base(name="transformer", title="a pre-norm transformer block", build=_transformer),
)
