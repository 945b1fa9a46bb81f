"""PyTorch: `train_function([batch]) -> logs`."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any


def build(model: Any, arguments: tuple[Any, ...]) -> None:
    """Do nothing: Keras has built the model before the first step."""


def peek(model: Any, arguments: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Return the batch of the call; nothing is consumed by looking at it."""
    return arguments[0][0], arguments


def variables_in_place(model: Any, arguments: tuple[Any, ...]) -> AbstractContextManager[None]:
    """Do nothing: variables hold their values throughout."""
    return nullcontext()


def values(model: Any, result: Any) -> tuple[list[Any], list[Any]]:
    """Return the values of the variables, out of every graph."""
    trainable = [variable.value.detach() for variable in model.trainable_variables]
    return trainable, [variable.value.detach() for variable in model.non_trainable_variables]


def logs(result: Any) -> Any:
    """Return the result, which is the logs."""
    return result
