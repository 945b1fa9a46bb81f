"""Everything a measurement could disturb, taken down so that two moments can be compared."""

from __future__ import annotations

import random
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state
from keras.src.random import seed_generator

from tests.installed import torch

# Keras sets these at every call of a layer, a forward pass of its own included.
CALLED = {"_called", "_dropout_mask", "_recurrent_dropout_mask"}


def state_of(model: keras.Model) -> dict[str, Any]:
    """Return values, identities and random states; equal dicts mean: nothing happened."""
    optimizer = [] if model.optimizer is None else model.optimizer.variables
    return {
        "variables": _bits([*model.variables, *model.metrics_variables, *optimizer]),
        "names": [variable.path for variable in model.variables],
        "layers": [_attributes(layer) for layer in model._flatten_layers()],
        "optimizer": _attributes(model.optimizer),
        "compile_loss": _attributes(model._compile_loss),
        "random": _random_states(),
    }


def _bits(variables: list[Any]) -> list[tuple[str, str, bytes]]:
    arrays = [(v, np.asarray(keras.ops.convert_to_numpy(v.value))) for v in variables]
    return [(variable.dtype, str(array.shape), array.tobytes()) for variable, array in arrays]


def _attributes(owner: Any) -> dict[str, Any]:
    """The object itself, its attributes by identity, and what hangs on its weights."""
    if owner is None:
        return {}
    own = {k: v for k, v in vars(owner).items() if k not in CALLED}
    values = {k: v if isinstance(v, int | float | str) else id(v) for k, v in own.items()}
    grads = [getattr(v.value, "grad", None) for v in getattr(owner, "variables", ()) if _torch(v)]
    return {"self": id(owner), "grads": grads, **values}


def _torch(variable: Any) -> bool:
    return torch is not None and isinstance(variable.value, torch.Tensor)


def _random_states() -> dict[str, Any]:
    generator = global_state.get_global_attribute(seed_generator.GLOBAL_SEED_GENERATOR)
    seed = None if generator is None else np.asarray(keras.ops.convert_to_numpy(generator.state))
    return {
        "python": random.getstate(),
        "numpy": str(np.random.get_state()),
        "torch": None if torch is None else torch.get_rng_state().numpy().tobytes(),
        "keras": None if seed is None else seed.tobytes(),
    }
