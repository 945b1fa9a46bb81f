"""Copies of variables, and a copy of the optimizer that steps on them."""

from __future__ import annotations

from typing import Any

import keras


def optimizer_copy(model: keras.Model) -> Any:
    """Return an unbuilt copy of the model's optimizer, or None if it cannot be copied.

    The copy steps at once where the original would gather gradients over several
    steps: on one and the same batch their mean is that batch's gradient.
    """
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return None
    try:
        config = _config_of(optimizer)
        if "gradient_accumulation_steps" in config:
            config["gradient_accumulation_steps"] = None
        return type(optimizer).from_config(config)
    except Exception:  # noqa: BLE001 - a user's own optimizer may lack a faithful get_config
        return None


def _config_of(optimizer: Any) -> dict[str, Any]:
    """Return the settings; the present rate in the place of a schedule that cannot be copied.

    Such a schedule is a class of the user's own without `get_config`, as tutorials write it.
    """
    schedule = getattr(optimizer, "_learning_rate", None)
    if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return dict(optimizer.get_config())
    try:
        config = optimizer.get_config()
        keras.optimizers.schedules.deserialize(config["learning_rate"])
    except Exception:  # noqa: BLE001 - whatever a schedule of the user's own raises
        twin = object.__new__(type(optimizer))  # the original is not touched, nor saved
        vars(twin).update(vars(optimizer))
        vars(twin)["_learning_rate"] = 0.5
        config = {**twin.get_config(), "learning_rate": float(optimizer.learning_rate)}
    return dict(config)


def build_on(copy: Any, original: Any, variables: list[Any]) -> None:
    """Build the copy on `variables` and give it the original's state (momenta, iterations)."""
    if copy is None:
        return
    copy.build(variables)
    gathered = {id(v) for v in getattr(original, "_accumulated_gradients", None) or ()}
    state = [v for v in original.variables if id(v) not in gathered]
    if original.built and len(copy.variables) == len(state):
        for ours, theirs in zip(copy.variables, state, strict=True):
            ours.assign(theirs.value)


def copies_of(variables: list[Any]) -> list[Any]:
    """Return fresh variables with the same values and the same constraints."""
    copies = [
        keras.Variable(
            keras.ops.copy(variable.value),  # an eager backend would share the storage
            dtype=variable.dtype,
            trainable=True,
            name=variable.name,
        )
        for variable in variables
    ]
    for copy, variable in zip(copies, variables, strict=True):
        copy.constraint = variable.constraint
        copy.overwrite_with_gradient = getattr(variable, "overwrite_with_gradient", False)
    return copies


def advance(optimizer: Any, gradients: list[Any], copies: list[Any]) -> None:
    """Take one optimizer step on the copies."""
    if optimizer is not None and copies:
        optimizer.apply(gradients, copies)
