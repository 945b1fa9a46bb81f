"""What only a training shows: the order of the rows, the schedule, a task beyond straight lines."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import circles, digits, normal
from gradmend.gallery._networks import CROSSENTROPY, mlp, seeded
from gradmend.gallery._patient import SICK
from gradmend.gallery._program import Loss, Program
from gradmend.gallery._trained import TrainedPatient
from gradmend.records import Cause

ROWS = 600


def build_rings(seed: int, *, activation: str | None) -> Program:
    """Which of two rings a point lies on, by two hidden layers."""
    x, y = circles(400, noise=0.05)
    keras = seeded(seed)
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(32, activation, name="hidden_1"),
            keras.layers.Dense(32, activation, name="hidden_2"),
            keras.layers.Dense(1, "sigmoid", name="head"),
        ]
    )
    return Program(
        seed=seed,
        model=model,
        x=(x / x.std(0)).astype("float32"),
        y=y.astype("float32"),
        truth=y,
        task="binary",
        loss=Loss("binary_crossentropy"),
        optimizer={"name": "adam", "learning_rate": 0.01},
        epochs=15,
        faulty=("hidden_1", "hidden_2") if activation is None else (),
    )


def build_straight(seed: int) -> Program:
    """Three linear layers on a linear function: no activation is needed."""
    keras = seeded(seed)
    x = normal(0, 400, 8)
    y = (x @ normal(1, 8, 1) / 3.0 + 0.1 * normal(2, 400, 1)).astype("float32")
    layers = [keras.layers.Dense(16), keras.layers.Dense(16), keras.layers.Dense(1, name="head")]
    return Program(
        seed=seed,
        model=keras.Sequential([keras.Input((8,)), *layers]),
        x=x,
        y=y,
        truth=y,
        task="numbers",
        loss=Loss("mean_squared_error"),
        optimizer={"name": "adam", "learning_rate": 0.01},
    )


def schedule(kind: str, rate: float, **settings: float) -> dict[str, Any]:
    """A schedule of Keras as an optimizer's settings hold it."""
    return {"class_name": kind, "config": {"initial_learning_rate": rate, **settings}}


def _digits(seed: int, **settings: Any) -> Program:
    x, y = digits()
    model = mlp(seed, depth=2, activation="relu", units=(64, 32, 10))
    made: dict[str, Any] = {"x": x[:ROWS], "y": y[:ROWS], "truth": y[:ROWS], **settings}
    return Program(seed=seed, model=model, task="classes", loss=Loss(CROSSENTROPY), **made)


def build_scheduled(seed: int, *, rate: dict[str, Any]) -> Program:
    """Digits under Adam with a schedule; 152 steps in all."""
    return _digits(seed, optimizer={"name": "adam", "learning_rate": rate})


def build_sorted(seed: int, *, shuffle: bool) -> Program:
    """All digits sorted by class, once: a batch holds one class, unless `fit` shuffles the rows."""
    x, y = digits()
    order = y.argsort(kind="stable")
    return _digits(
        seed,
        x=x[order],
        y=y[order],
        truth=y[order],
        optimizer={"name": "adam", "learning_rate": 0.01},
        batch_size=16,
        epochs=1,
        fit={} if shuffle else {"shuffle": False},
    )


PATIENTS = (
    TrainedPatient(
        name="linear-on-rings",
        title="two hidden layers without an activation, on two rings",
        build=partial(build_rings, activation=None),
        verdicts=SICK,
        causes=frozenset({Cause.ACTIVATION}),
        source="Goodfellow et al. (2016), Deep Learning, section 6.1",
    ),
    TrainedPatient(
        name="relu-on-rings",
        title="two ReLU layers on two rings",
        build=partial(build_rings, activation="relu"),
        source="its twin without activations ends at accuracy 0.5",
    ),
    TrainedPatient(
        name="linear-on-a-line",
        title="three linear layers on a linear function",
        build=build_straight,
        source="Saxe et al. (2014), ICLR: deep linear networks learn linear maps",
    ),
    TrainedPatient(
        name="fading-rate",
        title="a rate halved every second step, where epochs were meant",
        build=partial(
            build_scheduled,
            rate=schedule("ExponentialDecay", 1e-3, decay_steps=2, decay_rate=0.5),
        ),
        verdicts=SICK,
        causes=frozenset({Cause.LEARNING_RATE}),
        source="documentation of ExponentialDecay: decay_steps counts steps",
    ),
    TrainedPatient(
        name="cosine-to-zero",
        title="a cosine that takes the rate to zero at the last step",
        build=partial(build_scheduled, rate=schedule("CosineDecay", 5e-3, decay_steps=152)),
        source="Loshchilov & Hutter (2017), ICLR",
    ),
    TrainedPatient(
        name="sorted-unshuffled",
        title="rows sorted by class, and fit(shuffle=False)",
        build=partial(build_sorted, shuffle=False),
        verdicts=SICK,
        causes=frozenset({Cause.DATA}),
        source="French (1999), Catastrophic forgetting in connectionist networks",
    ),
    TrainedPatient(
        name="sorted-shuffled",
        title="rows sorted by class, shuffled by fit",
        build=partial(build_sorted, shuffle=True),
        source="its twin that is not shuffled forgets all but the last class",
    ),
)
