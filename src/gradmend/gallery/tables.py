"""Small networks on tables of numbers: few rows, rare classes, many tanh layers."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import digits, iris, normal
from gradmend.gallery._networks import CROSSENTROPY, mlp, optimizer, seeded
from gradmend.gallery._patient import ODD, SICK, Case, Patient
from gradmend.records import Cause


def build_iris(seed: int) -> Case:
    """Eight tanh layers on 150 flowers."""
    model = mlp(seed, depth=8, activation="tanh", units=(4, 10, 3))
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    return Case(model, *iris())


def build_clinic(seed: int, *, scaled: bool) -> Case:
    """Eight measurements of 768 patients in their own units, a third of them ill."""
    model = mlp(seed, depth=2, activation="relu", head="sigmoid", units=(8, 12, 1))
    model.compile(optimizer("adam", 1e-3), loss="binary_crossentropy")
    z = normal(0, 768, 8)
    y = (z[:, 1] + 0.6 * z[:, 5] + 0.5 * normal(1, 768) > 0.6).astype("float32")
    return Case(model, z if scaled else _in_units(z), y)


def _in_units(z: Any) -> Any:
    import numpy as np

    mean = np.array([3.8, 121.0, 69.0, 21.0, 80.0, 32.0, 0.5, 33.0], "float32")
    std = np.array([3.4, 32.0, 19.0, 16.0, 115.0, 7.9, 0.33, 12.0], "float32")
    return np.maximum(z * std + mean, 0.0)


def build_few_rows(seed: int) -> Case:
    """Ten rows: a ReLU may rest on all of them by chance."""
    model = mlp(seed, depth=2, activation="relu", units=(4, 16, 3))
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    x, y = iris()
    return Case(model, x[::15], y[::15])


def build_rare(seed: int) -> Case:
    """One row in fifty is of the second class."""
    model = mlp(seed, depth=2, activation="relu", head="sigmoid", units=(8, 16, 1))
    model.compile(optimizer("adam", 1e-3), loss="binary_crossentropy")
    x = normal(seed, 1000, 8)
    return Case(model, x, (x[:, 0] + 0.3 * x[:, 1] > 2.1).astype("float32"))


def build_autoencoder(seed: int) -> Case:
    """Pixels in 0..1 squeezed through 8 numbers and unfolded again."""
    model = mlp(seed, depth=1, activation="relu", head="relu", units=(64, 32, 8))
    layers = seeded(seed + 1).layers
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(64, activation="sigmoid"))
    model.compile(optimizer("adam", 1e-3), loss="mse")
    x = abs(digits()[0]).clip(0.0, 4.0) / 4.0
    return Case(model, x, x)


PATIENTS = (
    Patient(
        name="tanh-8-iris",
        title="8 tanh layers on iris",
        build=build_iris,
        source="Stack Overflow 61234347: learns, loss 1.26 to 0.26",
    ),
    Patient(
        name="clinic-table",
        title="a table of 8 standardised measurements",
        build=partial(build_clinic, scaled=True),
        source="the tutorial on diabetes data that many beginners follow",
    ),
    Patient(
        name="clinic-table-raw",
        title="the same table in its own units",
        build=partial(build_clinic, scaled=False),
        # For some seeds all outputs start beyond what a clipped cross-entropy can see.
        verdicts=ODD | SICK,
        causes=frozenset({Cause.INPUT_SCALE}),
        seed_dependent=True,
        source="the tutorial on diabetes data that many beginners follow",
    ),
    Patient(
        name="ten-rows",
        title="a data set of 10 rows",
        build=build_few_rows,
        source="a ReLU may rest on 10 rows by chance",
    ),
    Patient(
        name="rare-class",
        title="one row in fifty is of the second class",
        build=build_rare,
        source="Keras guide on imbalanced classification",
    ),
    Patient(
        name="autoencoder",
        title="an autoencoder of pixels",
        build=build_autoencoder,
        source="Keras blog, Building autoencoders",
    ),
)
