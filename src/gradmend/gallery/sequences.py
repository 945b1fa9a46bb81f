"""Text and other sequences: padding, masks, embeddings, gates."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import padded_tokens
from gradmend.gallery._networks import optimizer, seeded
from gradmend.gallery._patient import Case, Patient

WORDS, LENGTH = 200, 40
SOURCE = "Keras guide on masking and padding"


def build(seed: int, *, kind: str) -> Case:
    """Two classes of padded sentences, told apart by a single word."""
    keras = seeded(seed)
    body = {"lstm": _lstm, "gru": _gru, "convolution": _convolution, "average": _average}[kind]
    layers = body(keras.layers)
    model = keras.Sequential(
        [keras.Input((LENGTH,), dtype="int32"), *layers, keras.layers.Dense(1, "sigmoid")]
    )
    model.compile(optimizer("adam", 1e-3), loss="binary_crossentropy")
    return Case(model, *padded_tokens(seed, length=LENGTH, words=WORDS))


def build_transformer(seed: int) -> Case:
    """One pre-norm block with attention over the same sentences."""
    keras = seeded(seed)
    layers = keras.layers
    tokens = keras.Input((LENGTH,), dtype="int32")
    x = layers.Embedding(WORDS, 32)(tokens)
    attended = layers.LayerNormalization()(x)
    x = layers.Add()([x, layers.MultiHeadAttention(4, 8)(attended, attended)])
    branch = layers.Dense(64, activation="gelu")(layers.LayerNormalization()(x))
    x = layers.Add()([x, layers.Dense(32)(branch)])
    pooled = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    model = keras.Model(tokens, layers.Dense(1, activation="sigmoid")(pooled))
    model.compile(optimizer("adam", 1e-3), loss="binary_crossentropy")
    return Case(model, *padded_tokens(seed, length=LENGTH, words=WORDS))


def _lstm(layers: Any) -> list[Any]:
    return [layers.Embedding(WORDS, 16, mask_zero=True), layers.LSTM(32)]


def _gru(layers: Any) -> list[Any]:
    return [layers.Embedding(WORDS, 16, mask_zero=True), layers.GRU(32)]


def _convolution(layers: Any) -> list[Any]:
    return [
        layers.Embedding(WORDS, 16),
        layers.Conv1D(32, 5, activation="relu"),
        layers.GlobalMaxPooling1D(),
    ]


def _average(layers: Any) -> list[Any]:
    return [
        layers.Embedding(WORDS, 16),
        layers.GlobalAveragePooling1D(),
        layers.Dense(16, activation="relu"),
    ]


PATIENTS = (
    Patient(
        name="masked-lstm",
        title="an LSTM over sentences with padding in front, masked",
        build=partial(build, kind="lstm"),
        source=SOURCE,
    ),
    Patient(
        name="masked-gru",
        title="a GRU over sentences with padding in front, masked",
        build=partial(build, kind="gru"),
        source=SOURCE,
    ),
    Patient(
        name="text-convolution",
        title="a convolution over words, the largest response counts",
        build=partial(build, kind="convolution"),
        source="Kim (2014), EMNLP",
    ),
    Patient(
        name="averaged-embeddings",
        title="averaged word vectors: most rows of the table get no gradient",
        build=partial(build, kind="average"),
        source="Joulin et al. (2017), EACL",
    ),
    Patient(
        name="transformer-block",
        title="a pre-norm transformer block",
        build=build_transformer,
        source="Xiong et al. (2020), ICML",
    ),
)
