"""Wrap the `call` of every layer for one pass, and take every wrapper off again.

The wrapped call returns the layer's own output through an identity whose backward
pass reduces the gradient to a handful of scalars. The values that flow are unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
from keras import layers

from gradmend.measure import attention
from gradmend.measure.anatomy import Part
from gradmend.measure.recorder import Recorder, is_float


@contextmanager
def attached(parts: tuple[Part, ...], recorder: Recorder) -> Iterator[None]:
    """Wrap the tapped layers for the length of a `with` block; always unwrap."""
    with ExitStack() as stack:
        for part in parts:
            if part.tapped:
                stack.enter_context(
                    replaced(part.layer, "call", _tapped_call(part.layer.call, part, recorder))
                )
            if part.role in ("dense", "conv") and _has_fused_activation(part.layer):
                kept = _kept_before(part.layer.activation, part, recorder)
                stack.enter_context(replaced(part.layer, "activation", kept))
            scored = attention.method_of(part.layer) if part.tapped else None
            if scored is not None:
                stack.enter_context(_listened(part, recorder, *scored))
        yield


_MISSING = object()


@contextmanager
def replaced(layer: Any, name: str, value: Any) -> Iterator[None]:
    """Set an instance attribute past Keras' tracking, and put the old one back."""
    old = layer.__dict__.get(name, _MISSING)
    layer.__dict__[name] = value
    try:
        yield
    finally:
        if old is _MISSING:
            del layer.__dict__[name]
        else:
            layer.__dict__[name] = old


def _has_fused_activation(layer: Any) -> bool:
    activation = layer.__dict__.get("activation")
    return (
        callable(activation)
        and not isinstance(activation, layers.Layer)
        and activation is not keras.activations.linear
    )


def _kept_before(activation: Callable[..., Any], part: Part, recorder: Recorder) -> Any:
    def kept(value: Any, *args: Any, **kwargs: Any) -> Any:
        if is_float(value) and recorder.probe.reachable(value):
            recorder.before[part.path] = value
        return activation(value, *args, **kwargs)

    return kept


def _listened(part: Part, recorder: Recorder, name: str, count: Any) -> Any:
    """Let the recorder know how many queries of an attention layer are one-hot."""

    def listener(arguments: dict[str, Any]) -> None:
        probe, arrays = recorder.probe, [v for v in arguments.values() if is_float(v)]
        if all(probe.reachable(value) for value in arrays):
            seen = {k: probe.seen(v) if is_float(v) else v for k, v in arguments.items()}
            recorder.attention[part.path] = count(part.layer, seen)

    return replaced(part.layer, name, attention.heard(getattr(part.layer, name), listener))


def _tapped_call(original: Callable[..., Any], part: Part, recorder: Recorder) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        args = recorder.enter(part, args, kwargs.get("mask"))
        return recorder.leave(part, args, original(*args, **kwargs))

    return call
