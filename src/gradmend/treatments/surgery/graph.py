"""Rebuild a model around its own layers, with some exchanged and others put between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
from keras import tree
from keras.src.models.functional import Functional, functional_like_constructor

from gradmend.errors import ModelError, teach

# Gets the path of a layer, the layer and the arguments of its call; returns the outputs.
Call = Callable[..., Any]


def graph_of(model: Any) -> Functional | None:
    """Return the graph of layers that a model runs, None for a subclassed one."""
    graph = getattr(model, "_functional", None) if isinstance(model, keras.Sequential) else model
    return graph if isinstance(graph, Functional) else None


def chained(
    model: keras.Model,
    *,
    front: Mapping[str, Any] | None = None,
    behind: Mapping[str, Any] | None = None,
    exchange: Mapping[str, Any] | None = None,
    end: Mapping[int, Any] | None = None,
) -> keras.Model:
    """Return a model with layers put in; those of `model` are used again, weights and all.

    Args:
        model: A copy made for this purpose.
        front: Layer to put behind an input, by the name of the input.
        behind: Layer to put behind the layer at a path.
        exchange: Layer to put in the place of the layer at a path.
        end: Layer to put behind an output, by the number of the output.

    A Sequential model stays Sequential.

    Raises:
        ModelError: the model has no graph of layers to rebuild.
    """
    front, behind = dict(front or {}), dict(behind or {})
    exchange, end = dict(exchange or {}), dict(end or {})
    if isinstance(model, keras.Sequential) and not any("/" in p for p in [*behind, *exchange]):
        return _sequence(model, [*front.values()], behind, exchange, [*end.values()])

    def call(path: str, layer: Any, *args: Any, **kwargs: Any) -> Any:
        result = exchange.get(path, layer)(*args, **kwargs)
        return behind[path](result) if path in behind else result

    return rebuilt(model, call, touched=[*behind, *exchange], front=front, end=end)


def _sequence(
    model: keras.Sequential,
    front: Sequence[Any],
    behind: Mapping[str, Any],
    exchange: Mapping[str, Any],
    end: Sequence[Any],
) -> keras.Model:
    entry = graph_of(model)
    if entry is None:
        raise ModelError(no_graph(model))
    stack: list[Any] = [_input_like(entry.inputs[0]), *front]
    for layer in model.layers:
        stack.append(exchange.get(layer.name, layer))
        stack += [behind[layer.name]] if layer.name in behind else []
    new = keras.Sequential([*stack, *end], name=model.name)
    new.trainable = model.trainable or new.trainable
    return new


def rebuilt(
    model: keras.Model,
    call: Call,
    *,
    touched: Sequence[str],
    front: Mapping[str, Any] | None = None,
    end: Mapping[int, Any] | None = None,
) -> keras.Model:
    """Return a functional model in which `call` stands for the calls of the layers."""
    return _rebuilt(model, call, touched, dict(front or {}), dict(end or {}), "")


def _rebuilt(
    model: keras.Model,
    call: Call,
    touched: Sequence[str],
    front: Mapping[str, Any],
    end: Mapping[int, Any],
    prefix: str,
) -> keras.Model:
    graph = graph_of(model)
    if graph is None:
        raise ModelError(no_graph(model))
    inputs = tree.map_structure(_input_like, graph._inputs_struct)
    entries = [front[t.name](t) if t.name in front else t for t in tree.flatten(inputs)]
    inner: dict[int, Any] = {}

    def place(operation: Any, *args: Any, **kwargs: Any) -> Any:
        path = f"{prefix}{operation.name}"
        if any(p.startswith(f"{path}/") for p in touched):
            if id(operation) not in inner:
                inner[id(operation)] = _rebuilt(operation, call, touched, {}, {}, f"{path}/")
            return inner[id(operation)](*args, **kwargs)
        if not isinstance(operation, keras.layers.Layer):
            return operation(*args, **kwargs)
        return call(path, operation, *args, **kwargs)

    outputs = graph._run_through_graph(entries, call_fn=place)
    flat = [end[i](t) if i in end else t for i, t in enumerate(tree.flatten(outputs))]
    outputs = tree.pack_sequence_as(outputs, flat)
    return _class_for(model)(inputs, outputs, name=model.name)


def _input_like(tensor: Any) -> Any:
    return keras.Input(
        batch_shape=tensor.shape,
        dtype=tensor.dtype,
        name=tensor.name,
        sparse=getattr(tensor, "sparse", False) or None,
    )


def _class_for(model: keras.Model) -> Callable[..., keras.Model]:
    found: Callable[..., keras.Model] = type(model)
    if isinstance(model, keras.Sequential):
        found = keras.Model
    elif not functional_like_constructor(found):
        raise ModelError(no_graph(model))
    return found


def no_graph(model: keras.Model) -> str:
    """The message for a model whose layers cannot be put together again."""
    return teach(
        f"layers cannot be put into '{model.name}' ({type(model).__name__}).",
        expected="a Sequential or functional model, whose graph of layers is known",
        received=f"{type(model).__name__}, whose call() is Python code",
        means="the layers are called inside call(), which only you can rewrite.",
        attempt="write the lines of the prescription into the class, or build the model with "
        "keras.Model(inputs, outputs).",
    )
