"""Optimizers whose schedule no configuration describes, or that begin at a rate of zero."""

from __future__ import annotations

from typing import Any

import keras
import pytest
from keras import optimizers

from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer
from gradmend.treatments.surgery.lower_learning_rate import current_rate, with_rate

RATE = 0.02


class Unsaved(optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # keras ships no types
    """A schedule as tutorials write it: without `get_config`."""

    def __call__(self, step: Any) -> Any:
        return RATE / (1.0 + keras.ops.cast(step, "float32"))


def compiled(rate: Any) -> keras.Model:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizers.Adam(rate, beta_2=0.98), "mse")
    return model


def test_a_schedule_without_configuration_is_kept() -> None:
    model = compiled(Unsaved())
    fresh = fresh_optimizer(model.optimizer, clipnorm=1.0)
    assert fresh._learning_rate is model.optimizer._learning_rate
    assert (fresh.beta_2, fresh.clipnorm) == (0.98, 1.0)
    again = compile_like(compiled(0.5), model)
    assert current_rate(again) == pytest.approx(RATE)


def test_another_rate_puts_a_constant_in_its_place() -> None:
    changed = with_rate(compiled(Unsaved()), 10.0)
    assert float(changed.optimizer.learning_rate) == pytest.approx(10 * RATE)
    assert changed.optimizer.get_config()["learning_rate"] == pytest.approx(10 * RATE)


def test_a_warm_up_from_zero_has_the_rate_it_leads_to() -> None:
    rising = optimizers.schedules.CosineDecay(0.0, 10, warmup_target=RATE, warmup_steps=5)
    model = compiled(rising)
    assert current_rate(model) == RATE
    assert with_rate(model, 0.5).optimizer._learning_rate.warmup_target == RATE / 2
