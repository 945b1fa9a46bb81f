"""A model or layer of the user's own class, made again by its own constructor.

Keras can repeat what has a `get_config`. A subclassed model seldom has one, and Keras 3.15 forgets
what such a model was made with. `gradmend run` notes it; elsewhere the arguments are looked for
under their own names, as `self.units = units` leaves them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import keras
from keras import tree

_MADE_WITH: WeakKeyDictionary[Any, tuple[tuple[Any, ...], dict[str, Any]]] = WeakKeyDictionary()


def remember(thing: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """Note what a layer or model of the user's own class is made with, for as long as it lives."""
    if not type(thing).__module__.startswith("keras."):
        _MADE_WITH[thing] = (args, dict(kwargs))


def has_own_config(thing: Any) -> bool:
    """Whether the class of a model or layer, or Keras itself, says what it is made of."""
    inherited = (keras.Model.get_config, keras.Layer.get_config)
    return type(thing).get_config not in inherited


def constructed_again(thing: Any, copy: Callable[[Any], Any]) -> Any:
    """Return a fresh, unbuilt object of the same class; None where its arguments are not known.

    Args:
        thing: A layer or model of the user's own class.
        copy: Makes a second one of a layer or model among the arguments.

    Example:
        >>> import keras
        >>> class Doubled(keras.layers.Layer):
        ...     def __init__(self, units):
        ...         super().__init__()
        ...         self.units, self.inside = units, keras.layers.Dense(2 * units)
        >>> constructed_again(Doubled(3), copy=lambda layer: layer).inside.units
        6
    """
    found = _MADE_WITH.get(thing) or _by_their_names(thing)
    if found is None:
        return None
    seen: dict[int, Any] = {}

    def second(leaf: Any) -> Any:
        if not isinstance(leaf, keras.Layer):
            return leaf
        if id(leaf) not in seen:
            seen[id(leaf)] = copy(leaf)
        return seen[id(leaf)]

    args, kwargs = tree.map_structure(second, found)
    new = type(thing)(*args, **kwargs)
    remember(new, args, kwargs)  # a copy is copied too
    return new


def _by_their_names(thing: Any) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    """The arguments a constructor must have, from attributes of the same names."""
    kwargs: dict[str, Any] = {}
    for name, parameter in inspect.signature(thing.__init__).parameters.items():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        if name in ("name", "trainable", "dtype"):
            continue  # Keras' own: the copy is given them afterwards
        kept = [getattr(thing, key) for key in (name, f"_{name}") if key in vars(thing)]
        required = parameter.default is parameter.empty
        # `def __init__(self, hidden=16)` keeps a layer under the name of its number of units
        if kept and (required or not isinstance(kept[0], keras.Layer)):
            kwargs[name] = kept[0]
        elif required:
            return None
    return (), kwargs
