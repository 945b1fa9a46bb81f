"""Penalties, dropout, constraints: part of the loss, units or weights is decided elsewhere."""

from __future__ import annotations

from functools import partial

from gradmend.gallery._data import digits
from gradmend.gallery._networks import CROSSENTROPY, optimizer, seeded
from gradmend.gallery._patient import SICK, Case, Patient
from gradmend.records import Cause


def build(seed: int, *, penalty: float = 0.0, dropout: float = 0.0, max_norm: float = 0.0) -> Case:
    """Three ReLU layers with an L2 penalty or a constraint on each kernel, or dropout behind."""
    keras = seeded(seed)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(3):
        decay = keras.regularizers.L2(penalty) if penalty else None
        held = keras.constraints.MaxNorm(max_norm) if max_norm else None
        given = {"kernel_regularizer": decay, "kernel_constraint": held}
        model.add(keras.layers.Dense(64, activation="relu", **given))
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
    Patient(
        name="max-norm-tiny",
        title="columns of every hidden kernel held below a norm of 0.03",
        build=partial(build, max_norm=0.03),
        source="ends at the loss of a constant; without the constraint it learns",
        verdicts=SICK,
        causes=frozenset({Cause.REGULARIZATION}),
    ),
    Patient(
        name="max-norm",
        title="columns of every hidden kernel held below a norm of 3",
        build=partial(build, max_norm=3.0),
        source="Srivastava et al. (2014), JMLR, section 5.1",
    ),
)
