"""JAX: `train_function(state, iterator) -> (logs, state)`, with the variables emptied."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def build(model: Any, arguments: tuple[Any, ...]) -> None:
    """Do nothing: Keras has built the model before the first step."""


def peek(model: Any, arguments: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Take the first batch and put it back in front of the others."""
    state, iterator = arguments
    try:
        batch = next(iterator)
    except StopIteration:
        return None, arguments
    return batch, (state, itertools.chain([batch], iterator))


@contextmanager
def variables_in_place(model: Any, arguments: tuple[Any, ...]) -> Iterator[None]:
    """Give the variables the values of `state`, and leave them as they were found.

    During an epoch Keras keeps the values in `state` alone and sets every variable to
    None. `_jax_state_synced` is held true meanwhile, or touching a callback's `model`
    would write an older state over ours.
    """
    pairs = list(_variables_and_values(model, arguments[0]))
    found = [(variable, variable._value) for variable, _ in pairs]
    synced = model._jax_state_synced
    try:
        model._jax_state_synced = True
        for variable, value in pairs:
            variable._value = value
        yield
    finally:
        for variable, value in found:
            variable._value = value
        model._jax_state_synced = synced


def values(model: Any, result: Any) -> tuple[list[Any], list[Any]]:
    """Return the values out of `(logs, state)`."""
    return result[1][0], result[1][1]


def logs(result: Any) -> Any:
    """Return the logs out of `(logs, state)`."""
    return result[0]


def _variables_and_values(model: Any, state: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    groups = (
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables,
        model.metrics_variables,
    )
    for variables, values in zip(groups, state, strict=True):
        yield from zip(variables, values, strict=True)
