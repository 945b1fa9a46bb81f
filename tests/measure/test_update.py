"""The size of a step, measured on copies, is the size of the step that training then takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, optimizers

from gradmend.measure import measure
from gradmend.records import Measurements

RATE = 0.05


class Unsaved(optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # keras ships no types
    """A schedule as tutorials write it: without `get_config`."""

    def __call__(self, step: Any) -> Any:
        return RATE / (1.0 + keras.ops.cast(step, "float32"))


OPTIMIZERS: dict[str, Callable[[], Any]] = {
    "sgd": lambda: optimizers.SGD(RATE),
    "momentum": lambda: optimizers.SGD(RATE, momentum=0.9, nesterov=True),
    "adam": lambda: optimizers.Adam(RATE),
    "adamw": lambda: optimizers.AdamW(RATE, weight_decay=0.1),
    "rmsprop": lambda: optimizers.RMSprop(RATE),
    "clipnorm": lambda: optimizers.SGD(RATE, clipnorm=0.01),
    "global clipnorm": lambda: optimizers.SGD(RATE, global_clipnorm=0.01),
    "ema": lambda: optimizers.SGD(RATE, use_ema=True, ema_overwrite_frequency=2),
    "loss scale": lambda: optimizers.LossScaleOptimizer(optimizers.Adam(RATE)),
    "schedule of one's own": lambda: optimizers.SGD(Unsaved()),
    "schedule": lambda: optimizers.SGD(optimizers.schedules.ExponentialDecay(RATE, 2, 0.5)),
}


def network(optimizer: Any) -> tuple[keras.Model, Any, Any]:
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, "tanh"), layers.Dense(2, kernel_constraint="max_norm")]
    )
    model.compile(optimizer, "mse")
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=weight.shape) for weight in model.weights])
    return model, rng.normal(size=(6, 4)).astype("float32"), rng.normal(size=(6, 2))


def moved(model: keras.Model, x: Any, y: Any) -> list[float]:
    """Take one real step; return |new - old| / |old| of every weight."""
    old = [np.array(weight, "float64") for weight in model.get_weights()]
    model.train_on_batch(x, y)
    steps = [new - before for new, before in zip(model.get_weights(), old, strict=True)]
    return [
        float(np.linalg.norm(step) / np.linalg.norm(before))
        for step, before in zip(steps, old, strict=True)
    ]


def ratios(found: Measurements) -> list[Any]:
    return [signal.update_ratio for signal in found.weights]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_fourth_step(name: str) -> None:
    model, x, y = network(OPTIMIZERS[name]())
    for _ in range(3):
        model.train_on_batch(x, y)
    found = measure(model, x, y)
    assert ratios(found) == pytest.approx(moved(model, x, y), rel=1e-4)


def test_first_step_and_second_step_differ() -> None:
    model, x, y = network(OPTIMIZERS["adam"]())
    first = measure(model, x, y)
    assert ratios(first) == pytest.approx(moved(model, x, y), rel=1e-4)
    assert ratios(first) != pytest.approx(moved(model, x, y), rel=1e-2)


def test_gradients_are_seen_before_clipping_and_unscaled() -> None:
    norms = {
        name: [signal.gradient_norm for signal in measure(*network(make())).weights]
        for name, make in OPTIMIZERS.items()
        if name in ("sgd", "global clipnorm", "loss scale")
    }
    assert norms["global clipnorm"] == pytest.approx(norms["sgd"], rel=1e-6)
    assert norms["loss scale"] == pytest.approx(norms["sgd"], rel=1e-6)


def test_gathered_gradients_are_measured_as_if_stepped_at_once() -> None:
    model, x, y = network(optimizers.SGD(RATE, gradient_accumulation_steps=2))
    found = measure(model, x, y)
    gathered = moved(model, x, y)  # the first of two; the constraint may round
    assert gathered == pytest.approx([0.0] * 4, abs=1e-6)
    at_once, x, y = network(optimizers.SGD(RATE))
    assert ratios(found) == pytest.approx(moved(at_once, x, y), rel=1e-4)
    assert found.optimizer is not None
    assert found.optimizer.accumulation_steps == 2


def test_a_zero_weight_has_no_ratio() -> None:
    model, x, y = network(optimizers.SGD(RATE))
    model.layers[1].kernel.assign(np.zeros((3, 2)))
    (kernel,) = (w for w in measure(model, x, y).weights if w.shape == (3, 2))
    assert kernel.update_ratio is None
    assert kernel.relative_gradient is None
    assert kernel.update_norm is not None
    assert kernel.update_norm > 0


class Nameless(optimizers.SGD):
    """Cannot be made again from its own config."""

    def get_config(self) -> Any:
        raise NotImplementedError


def test_an_optimizer_that_cannot_be_copied_is_said_aloud() -> None:
    found = measure(*network(Nameless(RATE)))
    assert ratios(found) == [None] * 4
    assert any("could not be copied" in note for note in found.notes)
    assert all(signal.gradient_norm for signal in found.weights)
