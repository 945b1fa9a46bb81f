"""How a step is run, sampled, remembered and repeated; one implementation per backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

import keras
import numpy as np
from numpy.typing import NDArray

from gradmend.monitor.steps.update import Layout


@dataclass(slots=True)
class Sampled:
    """The raw numbers of one sampled step, still on the device.

    `updates` holds one pair per call of an optimizer: the reduced tensor of shape
    (weights, `reductions.COLUMNS`), and the vector (scale, updated). `layout` says
    which weights these are.
    """

    updates: list[tuple[Any, Any]]
    layout: Layout

    def on_host(self) -> list[tuple[NDArray[Any], NDArray[Any]]]:
        """Wait for the step, and return its updates as NumPy arrays."""
        read = keras.ops.convert_to_numpy
        return [(np.asarray(read(a)), np.asarray(read(b))) for a, b in self.updates]


class Steps(Protocol):
    """Runs the steps of one model in one `fit`.

    `arguments` and results are those of `model.train_function`. A `State` is whatever the
    backend needs to go back to a moment: weights, optimizer, metrics, seeds.
    """

    model: Any
    original: Callable[..., Any]
    batches: list[Any]
    remembers: bool

    def plain(self, arguments: tuple[Any, ...]) -> Any:
        """Run the step that Keras would run; append its batch to `batches`."""

    def sampled(self, arguments: tuple[Any, ...]) -> tuple[Any, Sampled]:
        """Run the same step, and bring back its reduced gradients."""

    def snapshot(self, arguments: tuple[Any, ...] | None) -> tuple[Any, bool]:
        """Return a copy of the state, and whether all of its weights are finite."""

    def go_back(self, arguments: tuple[Any, ...] | None, state: Any) -> tuple[Any, ...] | None:
        """Make `state` the state of the training; return the arguments that carry it."""

    def again(self, state: Any, batch: Any) -> tuple[Any, Any]:
        """Run one plain step from `state` (which it may use up); return its logs and new state."""

    def copied(self, state: Any) -> Any:
        """Return a copy of a state."""

    def finite(self, state: Any) -> bool:
        """Tell whether every trainable weight of a state is finite."""

    def weights(self, state: Any) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yield path and value of every variable of the model in a state."""

    def logs(self, result: Any) -> Any:
        """Return the logs out of what a train function returned."""

    def with_logs(self, result: Any, logs: Any) -> Any:
        """Return the result with other logs in it."""

    def stopped(self, arguments: tuple[Any, ...], logs: Any) -> Any:
        """Return what a train function would return had it run without taking a step."""

    def ready(self, value: Any) -> bool:
        """Tell whether a value of the logs can be read without waiting."""


def steps_for(model: Any, original: Callable[..., Any]) -> Steps:
    """Return the steps of a model on the backend that Keras uses."""
    name = keras.backend.backend()
    module = import_module(f"gradmend.monitor.steps._{name}")
    return cast(Steps, module.Steps(model, original))
