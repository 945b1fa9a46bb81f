"""Copies of variables, and a copy of the optimizer that steps on them."""

from __future__ import annotations

from typing import Any

import keras


def optimizer_copy(model: keras.Model) -> Any:
    """Return an unbuilt copy of the model's optimizer, or None if it cannot be copied."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return None
    try:
        return type(optimizer).from_config(optimizer.get_config())
    except Exception:  # a user's own optimizer may lack a faithful get_config
        return None


def build_on(copy: Any, original: Any, variables: list[Any]) -> None:
    """Build the copy on `variables` and give it the original's state (momenta, iterations)."""
    if copy is None:
        return
    copy.build(variables)
    if original.built and len(copy.variables) == len(original.variables):
        for ours, theirs in zip(copy.variables, original.variables, strict=True):
            ours.assign(theirs.value)
    else:
        copy.iterations.assign(original.iterations.value)


def copies_of(variables: list[Any]) -> list[Any]:
    """Return fresh variables with the same values and the same constraints."""
    copies = [
        keras.Variable(
            variable.value, dtype=variable.dtype, trainable=True, name=variable.name
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
