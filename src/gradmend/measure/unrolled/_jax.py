"""Unrolling on JAX: taps are arguments, laid out by a dry trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import keras

from gradmend.measure.unrolled._adapter import Forward


class _Differentiated:
    """See `gradmend.measure.unrolled._adapter.Differentiated`."""

    def __init__(
        self, forward: Forward, values: Any, reduce: Callable[[Any], Any], eager: bool
    ) -> None:
        self._forward, self._values, self._reduce = forward, values, reduce
        shapes: list[tuple[int, ...]] = []

        def counted(shape: tuple[int, ...]) -> Any:
            shapes.append(shape)
            return _zeros(shape)

        def dry(values: Any) -> None:
            shapes.clear()
            forward(values, counted)

        if eager:
            dry(values)
        else:
            jax.eval_shape(dry, values)
        self._taps = [_zeros(shape) for shape in shapes]
        self._run = self._measured if eager else jax.jit(self._measured)

    def __call__(self, scale: float) -> tuple[list[Any], Any]:
        found: tuple[list[Any], Any] = self._run(self._values, self._taps, scale)
        return found

    def _measured(self, values: Any, taps: list[Any], scale: Any) -> tuple[list[Any], Any]:
        def loss_of(taps: list[Any]) -> Any:
            given = iter(taps)
            loss, extras = self._forward(values, lambda shape: next(given))
            return loss * jnp.asarray(scale, loss.dtype), extras

        gradients, extras = jax.grad(loss_of, has_aux=True)(taps)
        return [self._reduce(gradient) for gradient in gradients], extras


def _zeros(shape: tuple[int, ...]) -> Any:
    return jnp.zeros(shape, jnp.float64 if keras.config.floatx() == "float64" else jnp.float32)


class _Backend:
    """See `gradmend.measure.unrolled._adapter.Backend`."""

    def differentiated(
        self, forward: Forward, values: Any, reduce: Callable[[Any], Any], *, eager: bool
    ) -> _Differentiated:
        return _Differentiated(forward, values, reduce, eager)

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        made: Callable[..., Any] = jax.jit(function)
        return made


BACKEND = _Backend()
