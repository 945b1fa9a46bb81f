"""Models with several inputs or outputs, and layers that are used twice."""

from __future__ import annotations

from gradmend.gallery._data import digits
from gradmend.gallery._networks import CROSSENTROPY, optimizer, seeded
from gradmend.gallery._patient import Case, Patient


def build_weighted(seed: int) -> Case:
    """Two heads on one trunk, one loss a hundred times lighter than the other."""
    keras = seeded(seed)
    layers = keras.layers
    inputs = keras.Input((64,))
    trunk = layers.Dense(64, activation="relu")(layers.Dense(64, activation="relu")(inputs))
    side = layers.Dense(32, activation="relu")(trunk)
    model = keras.Model(
        inputs,
        {
            "digit": layers.Dense(10, activation="softmax", name="digit")(trunk),
            "ink": layers.Dense(1, name="ink")(side),
        },
    )
    model.compile(
        optimizer("adam", 1e-3),
        loss={"digit": CROSSENTROPY, "ink": "mse"},
        loss_weights={"digit": 1.0, "ink": 0.01},
    )
    x, y = digits()
    return Case(model, x, {"digit": y, "ink": x.mean(1, keepdims=True)})


def build_twins(seed: int) -> Case:
    """Two images through one encoder: are they the same digit?"""
    keras = seeded(seed)
    layers = keras.layers
    encoder = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(32, activation="relu"),
        ]
    )
    left, right = keras.Input((64,)), keras.Input((64,))
    apart = layers.Subtract()([encoder(left), encoder(right)])
    hidden = layers.Dense(32, activation="relu")(apart)
    model = keras.Model([left, right], layers.Dense(1, activation="sigmoid")(hidden))
    model.compile(optimizer("adam", 1e-3), loss="binary_crossentropy")
    x, y = digits()
    half = len(x) // 2
    a, b = slice(0, half), slice(half, 2 * half)
    return Case(model, [x[a], x[b]], (y[a] == y[b]).astype("float32"))


PATIENTS = (
    Patient(
        name="weighted-outputs",
        title="two outputs, one loss a hundred times lighter",
        build=build_weighted,
        source="Keras guide on several outputs",
    ),
    Patient(
        name="shared-encoder",
        title="two inputs through the same layers",
        build=build_twins,
        source="Bromley et al. (1993), NeurIPS",
    ),
)
