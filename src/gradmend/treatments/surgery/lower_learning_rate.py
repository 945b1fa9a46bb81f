"""Take shorter steps; a schedule keeps its form."""

from __future__ import annotations

from typing import Any

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.lower_learning_rate import DEFAULTS, lower_rate
from gradmend.treatments.surgery.compiling import (
    compile_like,
    fresh_optimizer,
    inner_of,
    settings_of,
)
from gradmend.treatments.surgery.material import Material


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with the optimizer's default rate where it stood above, else with a tenth."""
    rate = current_rate(model)
    lower = lower_rate(type(inner_of(model.optimizer)).__name__, rate)
    return with_rate(model, lower / rate)


def current_rate(model: keras.Model) -> float:
    """The learning rate of the next step; of a warm-up that begins at zero, where it leads."""
    rate = float(keras.ops.convert_to_numpy(inner_of(model.optimizer).learning_rate))
    return rate or _leads_to(settings_of(inner_of(model.optimizer)).get("learning_rate"))


def _leads_to(schedule: Any) -> float:
    """The highest rate that a schedule names, else the smallest default of an optimizer."""
    config = schedule["config"] if isinstance(schedule, dict) else {}
    named = [rate for key in RATES & set(config) for rate in keras.tree.flatten(config[key])]
    return max((rate for rate in named if rate), default=min(DEFAULTS.values()))


def with_rate(model: keras.Model, factor: float) -> keras.Model:
    """Compile `model` anew with its learning rate, or its whole schedule, times `factor`.

    A schedule of the user's own, that no configuration describes, gives way to a constant.
    """
    given = settings_of(inner_of(model.optimizer))["learning_rate"]
    if isinstance(given, dict):
        changed: Any = _scaled(given, factor)
    else:
        changed = (current_rate(model) if callable(given) else given) * factor
    return compile_like(
        model, model, optimizer=fresh_optimizer(model.optimizer, learning_rate=changed)
    )


# The numbers of Keras' schedules that are learning rates.
RATES = frozenset({"initial_learning_rate", "end_learning_rate", "warmup_target", "values"})


def _scaled(schedule: dict[str, Any], factor: float) -> dict[str, Any]:
    config = dict(schedule["config"])
    for key in RATES & {k for k, v in config.items() if v is not None}:
        value = config[key]
        config[key] = [v * factor for v in value] if isinstance(value, list) else value * factor
    return {**schedule, "config": config}
