from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import pytest

from gradmend.monitor.learning_rates import present_rate, rates_set, scheduled_rates


def optimizer(rate: Any, iterations: int) -> Any:
    found = keras.optimizers.SGD(rate)
    found.iterations.assign(iterations)
    return found


def test_the_rate_with_which_each_step_was_taken() -> None:
    halving = keras.optimizers.schedules.ExponentialDecay(1.0, decay_steps=1, decay_rate=0.5)
    assert scheduled_rates(optimizer(halving, 4), [1, 2, 4]) == pytest.approx((1.0, 0.5, 0.125))
    # a second fit goes on where the first ended
    assert scheduled_rates(optimizer(halving, 6), [1, 2]) == pytest.approx((0.0625, 0.03125))


def test_the_schedule_inside_a_scaled_loss() -> None:
    constant = keras.optimizers.schedules.PiecewiseConstantDecay([2], [0.1, 0.01])
    scaled = keras.optimizers.LossScaleOptimizer(optimizer(constant, 3))
    assert scheduled_rates(scaled, [1, 3]) == pytest.approx((0.1, 0.1))


def test_without_a_schedule_there_are_none() -> None:
    assert scheduled_rates(optimizer(0.1, 3), [1, 3]) == ()
    assert scheduled_rates(None, [1]) == ()
    assert scheduled_rates(optimizer(0.1, 0), []) == ()


def test_a_training_that_broke_off_may_leave_no_count_of_its_steps() -> None:
    constant = keras.optimizers.schedules.PiecewiseConstantDecay([2], [0.1, 0.01])
    broken = SimpleNamespace(_learning_rate=constant, iterations=None)
    assert scheduled_rates(broken, [1, 3]) == ()


class Stubborn(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # keras ships no types
    def __call__(self, step: Any) -> Any:
        raise RuntimeError("not now")


def test_a_schedule_that_raises_ends_nothing() -> None:
    assert scheduled_rates(optimizer(Stubborn(), 2), [1, 2]) == ()


def test_the_rate_held_now() -> None:
    assert present_rate(optimizer(0.25, 0)) == 0.25
    assert present_rate(keras.optimizers.LossScaleOptimizer(optimizer(0.25, 0))) == 0.25
    assert present_rate(optimizer(Stubborn(), 0)) is None
    assert present_rate(None) is None


def test_rates_that_callbacks_set() -> None:
    assert rates_set([(0, 0.1), (20, 0.01)], [10, 20, 21]) == (0.1, 0.1, 0.01)
    assert rates_set([(0, 0.1)], [10, 20]) == ()
    assert rates_set([], [10]) == ()
