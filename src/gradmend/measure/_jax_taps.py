"""Taps on JAX: identities whose backward pass reduces the gradient that comes through."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.extend.core import get_opaque_trace_state

from gradmend.measure import statistics
from gradmend.measure.stacks import is_small

# Traced once per shape instead of once per layer: deep models repeat their shapes.
_forward = jax.jit(statistics.forward_statistics, static_argnames=("activation", "careful"))
_backward = jax.jit(statistics.backward_statistics, static_argnames="careful")


@partial(jax.custom_vjp, nondiff_argnums=(3,))
def _tap(value: Any, norms: Any, token: Any, careful: bool) -> Any:
    """Identity; the gradient of `token` becomes the statistics of the gradient of `value`."""
    return value


def _tap_forward(value: Any, norms: Any, token: Any, careful: bool) -> Any:
    return value, (norms, token)


def _tap_backward(careful: bool, kept: Any, gradient: Any) -> Any:
    norms, token = kept
    vector = _backward(gradient, norms, careful=careful)
    return gradient, jnp.zeros_like(norms), vector.astype(token.dtype)


_tap.defvjp(_tap_forward, _tap_backward)


@jax.custom_vjp
def _tap_whole(value: Any, token: Any, reached: Any) -> Any:
    """Identity; the gradient of `token` becomes that of `value`, the one of `reached` one."""
    return value


def _tap_whole_forward(value: Any, token: Any, reached: Any) -> Any:
    return value, (token, reached)


def _tap_whole_backward(kept: Any, gradient: Any) -> Any:
    token, reached = kept
    return gradient, gradient.astype(token.dtype), jnp.ones_like(reached)


_tap_whole.defvjp(_tap_whole_forward, _tap_whole_backward)


@jax.custom_vjp
def _tap_steps(value: Any, token: Any) -> Any:
    """Identity; the gradient of `token` becomes the curve of the gradient over the steps."""
    return value


def _tap_steps_forward(value: Any, token: Any) -> Any:
    return value, token


def _tap_steps_backward(token: Any, gradient: Any) -> Any:
    return gradient, statistics.curve_statistics(gradient).astype(token.dtype)


_tap_steps.defvjp(_tap_steps_forward, _tap_steps_backward)


class TooFewTokensError(Exception):
    """More taps were met while tracing than tokens had been laid out."""


class Tokens(NamedTuple):
    """Zeros whose gradients are what the taps have to tell.

    Attributes:
        numbers: A row per slot for the statistics of its gradient.
        curves: Per recurrent call (2, steps).
        whole: By slot, for the gradient of a small output as it is.
        reached: By slot, for a one where that gradient came.
    """

    numbers: Any
    curves: list[Any]
    whole: dict[int, Any]
    reached: dict[int, Any]


class TokenProbe:
    """Taps that send their statistics back as gradients of tokens."""

    def __init__(self, tokens: Tokens, careful: bool = False) -> None:
        self.tokens, self.careful = tokens, careful
        self.trace = get_opaque_trace_state(convention="flax")

    def reachable(self, value: Any) -> bool:
        return bool(self.trace == get_opaque_trace_state(convention="flax"))

    def seen(self, value: Any) -> Any:
        return value

    def forward_statistics(self, value: Any, activation: str | None, before: Any) -> Any:
        # only the activations that need sums of their own are worth a trace of their own
        kind = activation if activation in statistics.BOUNDED else None
        return _forward(value, kind, before, careful=self.careful)

    def tap(self, value: Any, norms: Any, slot: int) -> Any:
        if slot >= len(self.tokens.numbers):
            raise TooFewTokensError
        return _tap(value, norms, self.tokens.numbers[slot], self.careful)

    def tap_whole(self, value: Any, slot: int) -> Any:
        token = self.tokens.whole.get(slot)
        if token is None or (token.shape, token.dtype) != (value.shape, value.dtype):
            return None
        return _tap_whole(value, token, self.tokens.reached[slot])

    def tap_steps(self, value: Any, slot: int) -> Any:
        if slot >= len(self.tokens.curves):
            raise TooFewTokensError
        return _tap_steps(value, self.tokens.curves[slot])


class ForwardProbe(TokenProbe):
    """Sees what flows forward and taps nothing; so does the dry trace that counts the taps."""

    def __init__(self, careful: bool = False) -> None:
        super().__init__(Tokens([], [], {}, {}), careful)

    def tap(self, value: Any, norms: Any, slot: int) -> Any:
        return value

    def tap_steps(self, value: Any, slot: int) -> Any:
        return value


class DryProbe(ForwardProbe):
    """Learns the shapes of small outputs and the lengths of sequences; reduces nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.small: dict[int, Any] = {}
        self.lengths: list[int] = []

    def tap_whole(self, value: Any, slot: int) -> Any:
        if is_small(value):
            self.small[slot] = jax.ShapeDtypeStruct(value.shape, value.dtype)
        return value

    def tap_steps(self, value: Any, slot: int) -> Any:
        self.lengths.append(int(value.shape[1]))
        return value


class EagerProbe:
    """Taps for a step that runs without jit under a `jax.grad` of the user's."""

    def __init__(self, careful: bool) -> None:
        self.careful = careful
        self.backward: dict[int, Any] = {}
        self.curves: dict[int, Any] = {}

    def seen(self, value: Any) -> Any:
        """Return the concrete array behind the tracer of an eager differentiation."""
        box: list[Any] = []

        @jax.custom_vjp
        def spied(tensor: Any) -> Any:
            box.append(tensor)
            return tensor

        def spied_forward(tensor: Any) -> Any:
            box.append(tensor)
            return tensor, None

        spied.defvjp(spied_forward, lambda _, gradient: (gradient,))
        spied(value)
        return box[-1]

    def reachable(self, value: Any) -> bool:
        return not isinstance(self.seen(value), jax.core.Tracer)

    def forward_statistics(self, value: Any, activation: str | None, before: Any) -> Any:
        before = None if before is None else self.seen(before)
        return statistics.forward_statistics(
            self.seen(value), activation, before, careful=self.careful
        )

    def tap_whole(self, value: Any, slot: int) -> Any:
        return None

    def tap(self, value: Any, norms: Any, slot: int) -> Any:
        def back(gradient: Any) -> None:
            self.backward[slot] = statistics.backward_statistics(
                gradient, norms, careful=self.careful
            )

        return _overheard(value, back)

    def tap_steps(self, value: Any, slot: int) -> Any:
        def back(gradient: Any) -> None:
            self.curves[slot] = statistics.curve_statistics(gradient)

        return _overheard(value, back)


def _overheard(value: Any, listener: Any) -> Any:
    """Identity; `listener` is called with the concrete gradient."""

    @jax.custom_vjp
    def identity(tensor: Any) -> Any:
        return tensor

    def back(_: Any, gradient: Any) -> Any:
        listener(gradient)
        return (gradient,)

    identity.defvjp(lambda tensor: (tensor, None), back)
    return identity(value)
