"""The learning rates along a training: those of a schedule, or those that callbacks set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from gradmend.monitor.undisturbed import undisturbed


def scheduled_rates(optimizer: Any, steps: Sequence[int]) -> tuple[float, ...]:
    """Return the rate at each of `steps`, counted from where the optimizer began this `fit`.

    Empty without a schedule, and where the schedule cannot be asked.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    schedule = getattr(optimizer, "_learning_rate", None)
    if not steps or not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return ()
    try:
        with undisturbed():
            begun = int(_number(optimizer.iterations)) - steps[-1]
            return tuple(_number(schedule(max(begun, 0) + step - 1)) for step in steps)
    except Exception:  # noqa: BLE001  # a schedule of the user's own, and nothing of ours may end it
        return ()


def present_rate(optimizer: Any) -> float | None:
    """Return the rate that an optimizer holds now; None with a schedule, or without one."""
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    rate = getattr(optimizer, "_learning_rate", None)
    if rate is None or isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return None
    try:
        return _number(rate)
    except Exception:  # noqa: BLE001  # a variable that cannot be read now is nobody's trouble
        return None


def rates_set(changes: Sequence[tuple[int, float]], steps: Sequence[int]) -> tuple[float, ...]:
    """Return the rate at each of `steps`, from (steps taken before, rate) at each change.

    Empty for a rate that never changed.

    Example:
        >>> rates_set([(0, 0.1), (20, 0.01)], [10, 20, 30])
        (0.1, 0.1, 0.01)
    """
    if len(changes) < 2:
        return ()
    return tuple(
        next((rate for begun, rate in reversed(changes) if begun < step), changes[0][1])
        for step in steps
    )


def _number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(value))
