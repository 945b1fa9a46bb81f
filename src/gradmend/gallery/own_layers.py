"""Fully connected layers of a class of one's own, as the guide of Keras writes them."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradmend.gallery._data import digits
from gradmend.gallery._networks import CROSSENTROPY, optimizer, seeded
from gradmend.gallery._patient import SICK, Case, Patient
from gradmend.records import Cause


def linear(units: int, act: str, spread: float) -> Any:
    """Return a layer `act(x w + b)` whose weights have names of their own."""
    import keras

    class Linear(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
        def __init__(self) -> None:
            super().__init__()
            self.act = keras.activations.get(act)

        def build(self, shape: Any) -> None:
            start = keras.initializers.RandomNormal(stddev=spread)
            self.w = self.add_weight(shape=(shape[-1], units), initializer=start)
            self.b = self.add_weight(shape=(units,), initializer="zeros")

        def call(self, inputs: Any) -> Any:
            return self.act(keras.ops.matmul(inputs, self.w) + self.b)

    return Linear()


def build(seed: int, *, depth: int, act: str, spread: float) -> Case:
    """A stack of them on standardised digits."""
    keras = seeded(seed)
    hidden = [linear(64, act, spread) for _ in range(depth)]
    model = keras.Sequential([keras.Input((64,)), *hidden, linear(10, "softmax", 0.1)])
    model.compile(optimizer("adam", 1e-3), loss=CROSSENTROPY)
    return Case(model, *digits())


GUIDE = "guide of Keras: making new layers and models via subclassing; {}"
PATIENTS = (
    Patient(
        name="own-sigmoid",
        title="20 sigmoid layers of one's own class",
        build=partial(build, depth=20, act="sigmoid", spread=0.15),
        verdicts=SICK,
        causes=frozenset({Cause.ACTIVATION}),
        source=GUIDE.format("its depth is that of sigmoid-30"),
    ),
    Patient(
        name="own-wide-tanh",
        title="10 tanh layers of one's own class that start at N(0, 1)",
        build=partial(build, depth=10, act="tanh", spread=1.0),
        verdicts=SICK,
        causes=frozenset({Cause.INITIALIZER}),
        source=GUIDE.format("its weights are those of the wide tanh"),
    ),
    Patient(
        name="own-relu",
        title="2 ReLU layers of one's own class, as in the guide",
        build=partial(build, depth=2, act="relu", spread=0.05),
        source=GUIDE.format("random_normal is what it starts from"),
    ),
)
