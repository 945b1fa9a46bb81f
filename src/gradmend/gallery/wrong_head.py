"""The last activation and the loss must agree on who applies the softmax."""

from __future__ import annotations

from functools import partial

from gradmend.gallery._data import digits, normal
from gradmend.gallery._networks import mlp, optimizer, seeded
from gradmend.gallery._patient import ODD, SICK, Case, Patient
from gradmend.records import Cause

SOURCE = "documentation of keras.losses; measured on 2 seeds: accuracy {}"


def build(seed: int, *, head: str | None, from_logits: bool) -> Case:
    """Two ReLU layers on digits with SGD 0.05."""
    model = mlp(seed, depth=2, activation="relu", head=head)
    keras = seeded(seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(optimizer("sgd", 0.05), loss=loss)
    return Case(model, *digits())


def build_one_unit(seed: int) -> Case:
    """Two classes, and a softmax over one unit."""
    model = mlp(seed, depth=2, activation="relu", units=(8, 32, 1))
    model.compile(optimizer("rmsprop", 1e-3), loss="binary_crossentropy")
    x = normal(seed, 256, 8)
    return Case(model, x, (x[:, :1] > 0.0).astype("float32"))


def build_bounded(seed: int) -> Case:
    """A regression whose ReLU output cannot be negative."""
    model = mlp(seed, depth=2, activation="relu", head="relu", units=(4, 30, 1))
    model.compile(optimizer("rmsprop", 1e-3), loss="mse")
    x = normal(seed, 256, 4)
    return Case(model, x, x @ normal(seed + 1, 4, 1))


PATIENTS = (
    Patient(
        name="double-softmax",
        title="softmax in the model and in the loss (TensorFlow undoes it)",
        build=partial(build, head="softmax", from_logits=True),
        verdicts=SICK | ODD,
        causes=frozenset({Cause.LOSS_PAIRING}),
        source=SOURCE.format("0.58-0.63"),
    ),
    Patient(
        name="logits-as-probabilities",
        title="no softmax, and a loss that expects one",
        build=partial(build, head=None, from_logits=False),
        verdicts=SICK,
        causes=frozenset({Cause.LOSS_PAIRING}),
        source=SOURCE.format("0.09-0.15"),
    ),
    Patient(
        name="one-unit-softmax",
        title="two classes and a softmax over one unit",
        build=build_one_unit,
        verdicts=SICK,
        causes=frozenset({Cause.OUTPUT_ACTIVATION}),
        source="Stack Overflow 31880720: the gradient is exactly 0",
    ),
    Patient(
        name="bounded-regression",
        title="a ReLU output for targets of both signs",
        build=build_bounded,
        verdicts=SICK,
        causes=frozenset({Cause.OUTPUT_ACTIVATION}),
        source="Stack Overflow 59758722",
    ),
    Patient(
        name="softmax-head",
        title="softmax in the model, probabilities in the loss",
        build=partial(build, head="softmax", from_logits=False),
        source=SOURCE.format("0.94"),
    ),
    Patient(
        name="logits-head",
        title="no softmax in the model, logits in the loss",
        build=partial(build, head=None, from_logits=True),
        source=SOURCE.format("0.94"),
    ),
)
