"""Find layers by their path, and what stands before and behind them in the graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import keras
from keras import layers

from gradmend.errors import ModelError, teach

# A signal passes them without a weight and keeps its scale.
TRANSPARENT = (
    layers.Dropout,
    layers.Flatten,
    layers.Reshape,
    layers.BatchNormalization,
    layers.LayerNormalization,
    layers.GroupNormalization,
    layers.Activation,
)


def layers_by_path(model: keras.Model) -> dict[str, Any]:
    """Return every layer under the path by which measurements name it.

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="hidden")])
        >>> list(layers_by_path(model))
        ['hidden']
    """
    found: dict[str, Any] = {}
    for path, layer in _walk(model, "", set()):
        found.setdefault(path, layer)
    return found


def _walk(parent: Any, prefix: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    for layer in parent._layers:
        if id(layer) in seen or isinstance(layer, layers.InputLayer):
            continue
        seen.add(id(layer))
        yield f"{prefix}{layer.name}", layer
        yield from _walk(layer, f"{prefix}{layer.name}/", seen)


def layers_at(model: keras.Model, where: Sequence[str]) -> list[Any]:
    """Return the layers at these paths, in order ("dense#2" is the second call of "dense").

    Raises:
        ModelError: a path that the model does not have.
    """
    known = layers_by_path(model)
    paths = dict.fromkeys(path.partition("#")[0] for path in where)
    for path in paths:
        if path not in known:
            raise ModelError(
                teach(
                    f"the model '{model.name}' has no layer '{path}'.",
                    expected=f"one of {', '.join(list(known)[:8])}",
                    received=repr(path),
                    means="the prescription was written for another model.",
                    attempt="gradmend.check(model, x, y).prescriptions of this very model",
                )
            )
    return [known[path] for path in paths]


def before(layer: Any) -> Any:
    """Return the layer whose output this one reads, None at an input or a merge."""
    node = layer._inbound_nodes[0] if layer._inbound_nodes else None
    parents = node.parent_nodes if node is not None else []
    return parents[0].operation if len(parents) == 1 else None


def activation_behind(layer: Any) -> str:
    """Return the name of the activation that acts on a layer's output, its own or a later one."""
    own = activation_name(layer)
    while own == "linear":
        nodes = [n for n in layer._outbound_nodes if isinstance(n.operation, TRANSPARENT)]
        if not nodes:
            return own
        layer = nodes[0].operation
        own = activation_name(layer)
    return own


def activation_name(layer: Any) -> str:
    """Return the name of a layer's activation, "linear" where it has none."""
    activation = getattr(layer, "activation", None)
    return "linear" if activation is None else str(getattr(activation, "__name__", "custom"))
