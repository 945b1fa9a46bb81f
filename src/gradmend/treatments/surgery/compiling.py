"""Compile one model as another was compiled, with a few settings changed."""

from __future__ import annotations

from typing import Any

import keras
from keras import tree
from keras.src.trainers.trainer import Trainer


def compile_like(
    new: keras.Model, old: keras.Model, *, optimizer: Any = None, loss: Any = None, **settings: Any
) -> keras.Model:
    """Compile `new` with the settings of `old`; return `new`.

    The optimizer and the metrics are fresh ones of the same configuration: both keep
    state. What is given by name replaces the setting of `old`.

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> compile_like(keras.models.clone_model(model), model, loss="mae").loss
        'mae'
    """
    fresh = fresh_optimizer(old.optimizer) if optimizer is None else optimizer
    if type(old).compile is not Trainer.compile or not hasattr(old, "_compile_config"):
        new.compile_from_config(old.get_compile_config())
        new.optimizer = fresh
        return new
    kept = {**old._compile_config.config, **settings}
    kept["metrics"] = fresh_metrics(kept.get("metrics"))
    kept["weighted_metrics"] = fresh_metrics(kept.get("weighted_metrics"))
    kept["optimizer"], kept["loss"] = fresh, kept.get("loss") if loss is None else loss
    new.compile(**kept)
    return new


def fresh_optimizer(optimizer: Any, **settings: Any) -> Any:
    """Return a new optimizer of the same configuration, with `settings` changed.

    Settings reach the optimizer inside a `LossScaleOptimizer`.
    """
    if optimizer is None:
        return None
    config = settings_of(optimizer)
    inner = config.get("inner_optimizer")
    (inner["config"] if inner is not None else config).update(settings)
    return type(optimizer).from_config(config)


def settings_of(optimizer: Any) -> dict[str, Any]:
    """Return the configuration of an optimizer.

    A schedule of the user's own without a faithful `get_config` stays the object it is.
    """
    schedule = getattr(optimizer, "_learning_rate", None)
    if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return dict(optimizer.get_config())
    try:
        config = optimizer.get_config()
        keras.optimizers.schedules.deserialize(config["learning_rate"])
    except Exception:  # noqa: BLE001 - whatever a schedule of the user's own raises
        twin = object.__new__(type(optimizer))  # neither built nor tracked: it is only asked
        vars(twin).update({**vars(optimizer), "_learning_rate": 0.0})
        config = {**twin.get_config(), "learning_rate": schedule}
    return dict(config)


def inner_of(optimizer: Any) -> Any:
    """The optimizer that takes the steps, inside a `LossScaleOptimizer` or not."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def fresh_metrics(metrics: Any) -> Any:
    """Return the structure of metrics with new metric objects in it."""
    return tree.map_structure(
        lambda m: type(m).from_config(m.get_config()) if isinstance(m, keras.Metric) else m, metrics
    )
