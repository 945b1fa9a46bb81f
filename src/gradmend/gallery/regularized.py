"""Penalties and dropout: part of the loss, or half of the units, comes from elsewhere."""

from __future__ import annotations

from functools import partial

from gradmend.gallery._data import digits
from gradmend.gallery._networks import CROSSENTROPY, optimizer, seeded
from gradmend.gallery._patient import Case, Patient


def build(seed: int, *, penalty: float = 0.0, dropout: float = 0.0) -> Case:
    """Three ReLU layers with an L2 penalty on each kernel, or dropout behind each."""
    keras = seeded(seed)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(3):
        decay = keras.regularizers.L2(penalty) if penalty else None
        model.add(keras.layers.Dense(64, activation="relu", kernel_regularizer=decay))
        if dropout:
            model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    return Case(model, *digits())


PATIENTS = (
    Patient(
        name="penalised",
        title="an L2 penalty of 0.01 on every kernel",
        build=partial(build, penalty=0.01),
        source="the penalty is larger than the loss at the start, and falls",
    ),
    Patient(
        name="dropout",
        title="dropout of one half behind every layer",
        build=partial(build, dropout=0.5),
        source="Srivastava et al. (2014), JMLR",
    ),
)
