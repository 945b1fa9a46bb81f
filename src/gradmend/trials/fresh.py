"""The same model as if it were built again from another seed."""

from __future__ import annotations

import random
from typing import Any

import keras
import numpy as np

from gradmend.treatments.surgery import blank_copy
from gradmend.treatments.surgery.copying import finalized

MIN_ENTRIES = 64  # fewer tell nothing about the spread they were drawn from
SAME_SPREAD = 1.3


def afresh(model: keras.Model, seed: int, x: Any = None) -> keras.Model:
    """Return an uncompiled copy whose trainable weights are drawn anew.

    Every initializer gets a seed of its own. Frozen layers, adapted `Normalization` layers and
    other non-trainable state keep their values: they were given, not drawn.
    """
    keras.utils.set_random_seed(seed)
    new = blank_copy(model, x)
    for number, (ours, theirs) in enumerate(
        zip(new._flatten_layers(include_self=False), model._flatten_layers(include_self=False),
            strict=True)
    ):  # fmt: skip
        _redraw_fixed_seeds(ours, seed * 1_000_003 + number)
        _keep_given(ours, theirs)
    return new


def _redraw_fixed_seeds(layer: Any, seed: int) -> None:
    """An initializer that was given a seed would draw the same numbers in every arm."""
    for attribute, initializer in list(vars(layer).items()):
        if not attribute.endswith("_initializer") or getattr(initializer, "seed", None) is None:
            continue
        variable = getattr(layer, attribute.removesuffix("_initializer"), None)
        if isinstance(variable, keras.Variable):
            config = {**initializer.get_config(), "seed": (seed + len(attribute)) % 2**31}
            fresh = type(initializer).from_config(config)
            variable.assign(fresh(variable.shape, dtype=variable.dtype))


def _keep_given(ours: Any, theirs: Any) -> None:
    drawn = isinstance(theirs, keras.layers.BatchNormalization) and theirs.trainable
    for mine, its in zip(_own(ours), _own(theirs), strict=True):
        if not its.trainable and not drawn:
            mine.assign(keras.ops.convert_to_numpy(its.value))
    finalized(ours)


def _own(layer: Any) -> list[Any]:
    return [*layer._trainable_variables, *layer._non_trainable_variables]


def looks_trained(model: keras.Model, x: Any = None) -> bool:
    """Tell whether the weights are more than a fresh draw of the model's own initializers.

    True after optimizer steps, and where a kernel's spread is not that of its initializer:
    such weights are worth keeping, so trials start from them.
    """
    iterations = getattr(getattr(model, "optimizer", None), "iterations", None)
    if iterations is not None and int(keras.ops.convert_to_numpy(iterations)) > 0:
        return True
    state, numbers = random.getstate(), np.random.get_state()
    fresh = afresh(model, 0, x)
    random.setstate(state)
    np.random.set_state(numbers)
    pairs = zip(model.trainable_weights, fresh.trainable_weights, strict=True)
    return any(_differs(ours, theirs) for ours, theirs in pairs)


def _differs(ours: Any, theirs: Any) -> bool:
    a, b = (np.asarray(keras.ops.convert_to_numpy(v.value), "float64") for v in (ours, theirs))
    if a.size < MIN_ENTRIES:
        return False
    low, high = sorted((float(np.sqrt(np.mean(a**2))), float(np.sqrt(np.mean(b**2)))))
    return high > SAME_SPREAD * low
