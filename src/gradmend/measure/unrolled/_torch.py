"""Unrolling on PyTorch: taps are leaves of the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import torch

from gradmend.measure.unrolled._adapter import Forward


class _Differentiated:
    """See `gradmend.measure.unrolled._adapter.Differentiated`."""

    def __init__(self, forward: Forward, values: Any, reduce: Callable[[Any], Any]) -> None:
        self._forward, self._values, self._reduce = forward, values, reduce

    def __call__(self, scale: float) -> tuple[list[Any], Any]:
        taps: list[Any] = []

        def tap(shape: tuple[int, ...]) -> Any:
            taps.append(keras.ops.zeros(shape, keras.config.floatx()).requires_grad_())
            return taps[-1]

        with torch.enable_grad():
            loss, extras = self._forward(self._values, tap)
            found = torch.autograd.grad(loss * scale, taps, allow_unused=True)
        with torch.no_grad():
            gradients = [
                self._reduce(torch.zeros_like(leaf) if gradient is None else gradient)
                for gradient, leaf in zip(found, taps, strict=True)
            ]
        return gradients, keras.tree.map_structure(_detached, extras)


def _detached(value: Any) -> Any:
    return value.detach() if isinstance(value, torch.Tensor) else value


class _Backend:
    """See `gradmend.measure.unrolled._adapter.Backend`."""

    def differentiated(
        self,
        forward: Forward,
        values: Any,
        reduce: Callable[[Any], Any],
        *,
        eager: bool,
    ) -> _Differentiated:
        return _Differentiated(forward, values, reduce)

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        made: Callable[..., Any] = torch.no_grad()(function)
        return made


BACKEND = _Backend()
