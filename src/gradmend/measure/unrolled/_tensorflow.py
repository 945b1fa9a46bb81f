"""Unrolling on TensorFlow: taps are watched by a tape inside one tf.function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from gradmend.measure.unrolled._adapter import Forward


class _Differentiated:
    """See `gradmend.measure.unrolled._adapter.Differentiated`."""

    def __init__(
        self, forward: Forward, values: Any, reduce: Callable[[Any], Any], eager: bool
    ) -> None:
        self._forward, self._values, self._reduce = forward, values, reduce
        self._run = self._measured if eager else tf.function(self._measured, autograph=False)

    def __call__(self, scale: float) -> tuple[list[Any], Any]:
        found: tuple[list[Any], Any] = self._run(self._values, tf.constant(scale, tf.float32))
        return found

    def _measured(self, values: Any, scale: Any) -> tuple[list[Any], Any]:
        taps: list[Any] = []
        with tf.GradientTape() as tape:

            def tap(shape: tuple[int, ...]) -> Any:
                taps.append(tf.zeros(shape, keras.config.floatx()))
                tape.watch(taps[-1])
                return taps[-1]

            loss, extras = self._forward(values, tap)
            scaled = loss * tf.cast(scale, loss.dtype)
        gradients = tape.gradient(scaled, taps, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return [self._reduce(gradient) for gradient in gradients], extras


class _Backend:
    """See `gradmend.measure.unrolled._adapter.Backend`."""

    def differentiated(
        self, forward: Forward, values: Any, reduce: Callable[[Any], Any], *, eager: bool
    ) -> _Differentiated:
        return _Differentiated(forward, values, reduce, eager)

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        made: Callable[..., Any] = tf.function(function, autograph=False)
        return made


BACKEND = _Backend()
