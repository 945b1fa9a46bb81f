"""What a backend must be able to do to unroll a recurrence, and the choice of the one that runs."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

import keras

# Gives a tensor of zeros of a shape; the loss is differentiated with respect to it.
Tap = Callable[[tuple[int, ...]], Any]
# Maps values and the maker of taps to the loss, and to tensors that are to be brought back.
Forward = Callable[[Any, Tap], tuple[Any, Any]]


class Differentiated(Protocol):
    """A forward pass that can be differentiated with respect to its taps."""

    def __call__(self, scale: float) -> tuple[list[Any], Any]:
        """Return the reduced gradients of the taps of `scale` times the loss, and the extras."""


class Backend(Protocol):
    """The two things that the backends do differently."""

    def differentiated(
        self, forward: Forward, values: Any, reduce: Callable[[Any], Any], *, eager: bool
    ) -> Differentiated:
        """Prepare the derivative; `reduce` is applied to each gradient on the device."""

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, compiled where that makes a loop over steps fast."""


def backend() -> Backend:
    """Return the adapter of the backend that Keras uses in this process."""
    name = keras.backend.backend()
    made: Backend = import_module(f"gradmend.measure.unrolled._{name}").BACKEND
    return made
