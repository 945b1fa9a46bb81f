"""Keep a model and the random generators exactly as they are while we look."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state

SEED_GENERATOR = "global_seed_generator"  # the name Keras keeps its own generator under


@contextmanager
def preserved(model: keras.Model, *, weights: bool = False) -> Iterator[None]:
    """Restore variables and random states on leaving, also when something raises.

    Measuring writes to no variable of the model; custom layers that keep state of
    their own may, so every variable is compared by identity or value and put back.
    `weights` keeps the trainable variables and the optimizer's too, for code of the
    user's that may update them.
    """
    kept = _variables(model, weights=weights)
    seeds = random_states()
    try:
        yield
    finally:
        _restore_variables(kept)
        restore_random_states(seeds)


def _variables(model: keras.Model, *, weights: bool) -> list[tuple[Any, Any]]:
    """Small state is copied; the weights only where something of the user's may write them."""
    found = [*model.non_trainable_variables, *model.metrics_variables]
    if weights:
        found += [*model.trainable_variables, *getattr(model.optimizer, "variables", ())]
    if keras.backend.backend() == "jax":
        return [(variable, variable.value) for variable in found]
    return [(variable, np.array(keras.ops.convert_to_numpy(variable.value))) for variable in found]


def _restore_variables(kept: list[tuple[Any, Any]]) -> None:
    for variable, value in kept:
        if keras.backend.backend() == "jax":
            if variable.value is not value:
                variable.assign(value)
        elif not np.array_equal(
            keras.ops.convert_to_numpy(variable.value), value, equal_nan=value.dtype.kind == "f"
        ):
            variable.assign(value)


def random_states() -> dict[str, Any]:
    """Return the state of every generator that a model or its data may draw from."""
    states: dict[str, Any] = {"python": random.getstate(), "numpy": np.random.get_state()}
    generator = global_state.get_global_attribute(SEED_GENERATOR)
    states["keras"] = None if generator is None else (generator, np.array(generator.state.value))
    if "torch" in sys.modules:
        import torch

        states["torch"] = torch.get_rng_state()
        if torch.cuda.is_available():
            states["cuda"] = torch.cuda.get_rng_state_all()
    return states


def restore_random_states(states: dict[str, Any]) -> None:
    """Set every generator back to what `random_states` returned."""
    random.setstate(states["python"])
    np.random.set_state(states["numpy"])
    if states["keras"] is None:
        global_state.set_global_attribute(SEED_GENERATOR, None)
    else:
        generator, value = states["keras"]
        generator.state.assign(value)
    if "torch" in states:
        import torch

        torch.set_rng_state(states["torch"])
        if "cuda" in states:
            torch.cuda.set_rng_state_all(states["cuda"])
