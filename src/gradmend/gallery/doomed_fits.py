"""Fits that cannot arrive, whatever the network: their loss, weights, steps or labels forbid it."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import digits, early_sums, normal, regression
from gradmend.gallery._networks import CROSSENTROPY, mlp, seeded
from gradmend.gallery._patient import SICK
from gradmend.gallery._program import Loss, Program
from gradmend.gallery._trained import TrainedPatient
from gradmend.records import Cause

ROWS, HELD_BACK = 320, 160


def build_distance(seed: int, *, negated: bool) -> Program:
    """A regression whose own loss has the right sign, or the wrong one."""
    x, y = regression()
    x, y = x[:ROWS], y[:ROWS]
    return Program(
        seed=seed,
        model=mlp(seed, depth=1, activation="relu", head=None, units=(x.shape[1], 16, 1)),
        x=x,
        y=y,
        truth=y,
        task="numbers",
        loss=Loss("mean_squared_error", negated=negated),
        optimizer={"name": "adam", "learning_rate": 0.01},
        epochs=10,
    )


def build_counts(seed: int) -> Program:
    """Counts under a Poisson loss, which goes below zero and has a floor."""
    import numpy as np

    x = normal(0, ROWS, 6)
    y = np.exp(1.0 + x[:, :1]).round().astype("float32")
    model = mlp(seed, depth=1, activation="tanh", head="exponential", units=(6, 16, 1))
    return Program(
        seed=seed,
        model=model,
        x=x,
        y=y,
        truth=y,
        task="numbers",
        loss=Loss("poisson"),
        optimizer={"name": "adam", "learning_rate": 0.01},
        epochs=10,
    )


def build_digits(
    seed: int, *, rows: int = ROWS, shuffled: bool = False, **settings: Any
) -> Program:
    """Digits by one hidden layer; other rows, held back, come along to validate on."""
    import numpy as np

    x, y = digits()
    if shuffled:
        y = np.random.default_rng(0).permutation(y)
    held = slice(rows, rows + HELD_BACK)
    made: dict[str, Any] = {"fit": {"validation_data": (x[held], y[held])}, **settings}
    return Program(
        seed=seed,
        model=mlp(seed, depth=1, activation="relu", units=(64, 64, 10)),
        x=x[:rows],
        y=y[:rows],
        truth=y[:rows],
        task="classes",
        loss=Loss(CROSSENTROPY),
        **{"optimizer": {"name": "adam", "learning_rate": 5e-3}, "epochs": 10, **made},
    )


def build_weighted(seed: int, *, every: int) -> Program:
    """Digits, of which every second row counts, or none."""
    import numpy as np

    weights = (np.arange(ROWS) % 2 < every).astype("float32")
    return build_digits(seed, fit={"sample_weight": weights})


def build_state(seed: int, *, activation: str) -> Program:
    """Is the sum of the first steps positive? By an LSTM that writes its state in this way."""
    keras = seeded(seed)
    model = keras.Sequential(
        [
            keras.Input((12, 2)),
            keras.layers.LSTM(12, activation=activation, name="memory"),
            keras.layers.Dense(1, "sigmoid", name="head"),
        ]
    )
    x, y = early_sums(0)
    return Program(
        seed=seed,
        model=model,
        x=x,
        y=y,
        truth=y,
        task="binary",
        loss=Loss("binary_crossentropy"),
        optimizer={"name": "adam", "learning_rate": 0.01},
        epochs=15,
        faulty=("memory",) if activation == "sigmoid" else (),
    )


def build_attention(seed: int, *, scale: float) -> Program:
    """One step of eight is marked: is its second feature positive? By one attention layer."""
    import numpy as np

    keras = seeded(seed)
    tokens = keras.Input((8, 8))
    start = keras.initializers.VarianceScaling(scale**2, "fan_avg", "uniform")
    seen = keras.layers.MultiHeadAttention(2, 8, kernel_initializer=start, name="attention")
    pooled = keras.layers.GlobalAveragePooling1D()(seen(tokens, tokens))
    x, at = normal(0, 400, 8, 8), np.random.default_rng(0).integers(8, size=400)
    x[:, :, 0] = 2.0 * (np.arange(8) == at[:, None])
    y = (x[np.arange(400), at, 1] > 0.0).astype("float32")
    return Program(
        seed=seed,
        model=keras.Model(tokens, keras.layers.Dense(1, "sigmoid", name="head")(pooled)),
        x=x,
        y=y,
        truth=y,
        task="binary",
        loss=Loss("binary_crossentropy"),
        optimizer={"name": "adam", "learning_rate": 0.01},
        epochs=15,
        faulty=("attention",) if scale > 1.0 else (),
    )


PATIENTS = (
    TrainedPatient(
        name="one-hot-attention",
        title="attention whose kernels start 10 times too wide",
        build=partial(build_attention, scale=10.0),
        verdicts=SICK,
        causes=frozenset({Cause.INITIALIZER}),
        source="Zhai et al. (2023), ICML; its twin reaches an accuracy of 1.0",
    ),
    TrainedPatient(
        name="soft-attention",
        title="the same attention as Keras starts it",
        build=partial(build_attention, scale=1.0),
        source="Vaswani et al. (2017), Attention is all you need",
    ),
    TrainedPatient(
        name="wrong-sign",
        title="a squared error of one's own that forgets a minus",
        build=partial(build_distance, negated=True),
        verdicts=SICK,
        causes=frozenset({Cause.LOSS_PAIRING}),
        source="a squared error has no largest value",
    ),
    TrainedPatient(
        name="poisson-counts",
        title="a Poisson loss that goes below zero",
        build=build_counts,
        source="McCullagh & Nelder (1989), Generalized linear models, chapter 6",
    ),
    TrainedPatient(
        name="weightless-rows",
        title="a sample weight of zero for every row",
        build=partial(build_weighted, every=0),
        verdicts=SICK,
        causes=frozenset({Cause.DATA}),
        source="a sum of zeros has no gradient",
    ),
    TrainedPatient(
        name="half-of-the-rows",
        title="a sample weight of zero for every second row",
        build=partial(build_weighted, every=1),
        source="documentation of Model.fit: sample_weight",
    ),
    TrainedPatient(
        name="one-step-epochs",
        title="all rows in one batch, 20 epochs: 20 steps",
        build=partial(
            build_digits,
            batch_size=ROWS,
            epochs=20,
            optimizer={"name": "sgd", "learning_rate": 0.01},
        ),
        verdicts=SICK,
        causes=frozenset({Cause.LEARNING_RATE}),
        source="Masters & Luschi (2018), arXiv:1804.07612",
    ),
    TrainedPatient(
        name="usual-batches",
        title="the same rows in batches of 32, 10 epochs: 100 steps",
        build=build_digits,
        source="its twin takes 20 steps",
    ),
    TrainedPatient(
        name="sigmoid-state",
        title="an LSTM that writes its state through a sigmoid",
        build=partial(build_state, activation="sigmoid"),
        verdicts=SICK,
        causes=frozenset({Cause.ACTIVATION}),
        source="Hochreiter & Schmidhuber (1997), Neural Computation 9(8)",
    ),
    TrainedPatient(
        name="tanh-state",
        title="the same LSTM with tanh",
        build=partial(build_state, activation="tanh"),
        source="its twin with a sigmoid learns less than half as much",
    ),
    TrainedPatient(
        name="labels-by-heart",
        title="labels that do not belong to their rows",
        build=partial(build_digits, shuffled=True, epochs=30),
        verdicts=SICK,
        causes=frozenset({Cause.DATA, Cause.LABELS}),
        source="Zhang et al. (2017), ICLR",
    ),
)
