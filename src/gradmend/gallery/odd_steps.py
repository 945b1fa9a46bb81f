"""Steps, losses and batches that look wrong in one moment and are right over a training."""

from __future__ import annotations

from gradmend.gallery._data import digits
from gradmend.gallery._networks import CROSSENTROPY, mlp, optimizer, seeded
from gradmend.gallery._patient import Case, Patient


def build_summed_loss(seed: int) -> Case:
    """A loss summed over the batch: every gradient is as many times larger."""
    model = mlp(seed, depth=3, activation="relu", initializer="he_normal")
    loss = seeded(seed).losses.SparseCategoricalCrossentropy(reduction="sum")
    model.compile(optimizer("adam", 1e-3), loss=loss)
    return Case(model, *digits())


def build_warm_up(seed: int) -> Case:
    """A learning rate that starts at 0 and is warm after 100 steps."""
    model = mlp(seed, depth=3, activation="relu", initializer="he_normal")
    keras = seeded(seed)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, decay_steps=2000, warmup_target=3e-3, warmup_steps=100
    )
    model.compile(keras.optimizers.Adam(rate), loss=CROSSENTROPY)
    return Case(model, *digits())


def build_edge_of_stability(seed: int) -> Case:
    """A rate so large that the loss goes up and down on its way down."""
    model = mlp(seed, depth=2, activation="tanh")
    model.compile(optimizer("sgd", 0.5), loss=CROSSENTROPY)
    return Case(model, *digits())


def build_sorted_labels(seed: int) -> Case:
    """Rows sorted by class: the first batch holds one class only."""
    model = mlp(seed, depth=2, activation="relu")
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    x, y = digits()
    order = y.argsort(kind="stable")
    return Case(model, x[order], y[order])


def build_loud_head(seed: int) -> Case:
    """Two sigmoid layers: the gradient of the last kernel is far larger than that of the first."""
    model = mlp(seed, depth=2, activation="sigmoid")
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    return Case(model, *digits())


PATIENTS = (
    Patient(
        name="summed-loss",
        title="a loss summed over the batch",
        build=build_summed_loss,
        source="documentation of keras.losses, reduction",
    ),
    Patient(
        name="warm-up",
        title="a learning rate that starts at 0",
        build=build_warm_up,
        source="Goyal et al. (2017), arXiv:1706.02677",
    ),
    Patient(
        name="edge-of-stability",
        title="a loss that waves on its way down",
        build=build_edge_of_stability,
        source="Cohen et al. (2021), ICLR",
    ),
    Patient(
        name="sorted-labels",
        title="rows sorted by class",
        build=build_sorted_labels,
        source="data sets are often stored so; fit shuffles them",
    ),
    Patient(
        name="loud-head",
        title="two sigmoid layers: the last kernel has the largest gradient by far",
        build=build_loud_head,
        source="LeCun et al. (1998), Efficient BackProp",
    ),
)
