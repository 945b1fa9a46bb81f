"""Real models whose normalization, precision or own kernels stop them, beside healthy twins."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
import pytest
from keras import layers, ops

import gradmend
from gradmend.records import Cause, Verdict

DRAW = np.random.default_rng(3)
KINDS = DRAW.integers(0, 2, 96)
PHASE = np.arange(12) * (1 + 2 * KINDS[:, None]) * np.pi / 6
WAVES = (50 + 8 * np.sin(PHASE + DRAW.uniform(0, 6, (96, 1))))[..., None].astype("float32")
ENERGIES = (DRAW.uniform(300, 900, (96, 8)) * (1 + KINDS[:, None])).astype("float32")


class OwnRMSNorm(layers.Layer):
    """The square of the inputs, in the precision of the layer."""

    def call(self, x):
        return x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + 1e-5)


class OwnLinear(layers.Layer):
    """A kernel without a name."""

    def __init__(self, units: int, initializer: str) -> None:
        super().__init__()
        self.units, self.initializer = units, initializer

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), initializer=self.initializer)

    def call(self, x):
        return ops.matmul(x, self.w)


@pytest.fixture
def half() -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    yield
    keras.config.set_dtype_policy(before)


def examined(*stack: layers.Layer, x: np.ndarray) -> gradmend.Checkup:
    model = keras.Sequential(
        [keras.Input(x.shape[1:]), *stack, layers.Dense(2, "softmax", dtype="float32")]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return gradmend.check(model, x, KINDS)


@pytest.mark.parametrize("norm", ["layer", "group"])
def test_a_normalization_over_single_values_is_the_root(norm: str) -> None:
    made = {
        "layer": lambda: layers.LayerNormalization(epsilon=1e-6),
        "group": lambda: layers.GroupNormalization(groups=1, axis=1, epsilon=1e-6),
    }
    x = WAVES if norm == "layer" else WAVES[:, :1, 0]
    stack = [made[norm](), layers.Flatten(), layers.Dense(8, "tanh")]
    found = examined(*stack, x=x)
    assert found.verdict is Verdict.SICK
    assert (found.findings[0].code, found.certainty) == ("B102", "certain")


def test_over_the_steps_it_is_well() -> None:
    stack = [layers.Flatten(), layers.LayerNormalization(), layers.Dense(8, "tanh")]
    assert "B102" not in [finding.code for finding in examined(*stack, x=WAVES).findings]


@pytest.mark.usefixtures("half")
def test_squares_beyond_float16_are_named_and_float32_is_well() -> None:
    sick = examined(OwnRMSNorm(), layers.Dense(8, "tanh"), x=ENERGIES)
    assert (sick.findings[0].code, sick.findings[0].cause) == ("N106", Cause.PRECISION)
    well = examined(OwnRMSNorm(dtype="float32"), layers.Dense(8, "tanh"), x=ENERGIES)
    assert "N106" not in [finding.code for finding in well.findings]


@pytest.mark.parametrize(("initializer", "alike"), [("ones", True), ("glorot_uniform", False)])
def test_kernels_of_own_layers_that_start_alike(initializer: str, alike: bool) -> None:
    x = (WAVES[..., 0] - 50) / 6
    stack = [OwnLinear(6, initializer), layers.Activation("tanh"), OwnLinear(6, initializer)]
    found = [finding.code for finding in examined(*stack, x=x).findings]
    assert ("I103" in found) is alike
