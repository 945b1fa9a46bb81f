"""The learning rates that a schedule gives along a training."""

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


def _number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(value))
