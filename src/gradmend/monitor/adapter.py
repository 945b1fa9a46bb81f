"""How `model.train_function` is called, which differs from backend to backend."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager
from typing import Any, Protocol, cast

import keras


class TrainFunctionAdapter(Protocol):
    """One backend's way to call a train function. Implemented by a module each."""

    def build(self, model: Any, arguments: tuple[Any, ...]) -> None:
        """Build a model that Keras would build only in its first step."""

    def peek(self, model: Any, arguments: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
        """Return the first batch of the call, and arguments that still contain it.

        The batch is None when it cannot be seen without being lost.
        """

    def variables_in_place(
        self, model: Any, arguments: tuple[Any, ...]
    ) -> AbstractContextManager[None]:
        """Let the model's variables hold their values inside the block."""

    def values(self, model: Any, result: Any) -> tuple[list[Any], list[Any]]:
        """Return the values of trainable and other variables after a step, uncopied."""

    def logs(self, result: Any) -> Any:
        """Return the logs out of what the train function returned."""


def adapter_for(backend: str) -> TrainFunctionAdapter:
    """Return the adapter of a backend that trains: jax, tensorflow or torch."""
    return cast(TrainFunctionAdapter, importlib.import_module(f"gradmend.monitor._{backend}"))


def is_own_train_step(model: Any) -> bool:
    """Return whether the train step is Keras' own, not one the user wrote."""
    return type(model).train_step is keras.Model.train_step
