"""Nothing drawn or named inside a check-up may be missed by the training around it."""

from __future__ import annotations

import copy
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state

_NAMES = "object_name_uids"
_SEEDS = "global_seed_generator"


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put back every random state, and Keras' counters of names, on the way out.

    Covers Python, NumPy, the global generator of Keras, PyTorch (every device) and the
    operation seeds of TensorFlow. Warnings raised inside are dropped: they would speak
    of code that the user did not write.
    """
    with ExitStack() as undo, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for remember in (_python, _numpy, _keras, _torch, _tensorflow):
            undo.callback(remember())
        yield


def _python() -> Callable[[], None]:
    state = random.getstate()
    return lambda: random.setstate(state)


def _numpy() -> Callable[[], None]:
    state = np.random.get_state()
    return lambda: np.random.set_state(state)


def _keras() -> Callable[[], None]:
    names = copy.copy(global_state.get_global_attribute(_NAMES))
    generator = global_state.get_global_attribute(_SEEDS)
    seed = None if generator is None else np.array(keras.ops.convert_to_numpy(generator.state))

    def put_back() -> None:
        global_state.set_global_attribute(_NAMES, names)
        global_state.set_global_attribute(_SEEDS, generator)
        if generator is not None:
            generator.state.assign(seed)

    return put_back


def _torch() -> Callable[[], None]:
    torch = sys.modules.get("torch")
    if torch is None:
        return _nothing
    state = torch.get_rng_state()
    devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []

    def put_back() -> None:
        torch.set_rng_state(state)
        if devices:
            torch.cuda.set_rng_state_all(devices)

    return put_back


def _tensorflow() -> Callable[[], None]:
    eager: Any = sys.modules.get("tensorflow.python.eager.context")
    # TensorFlow has no public door to the generator of its operation seeds. It is exchanged,
    # not rewound: a seed that was used once has a kernel in the cache that has moved on.
    context = None if eager is None else eager.context()
    generator = getattr(context, "_rng", None)
    if context is None or generator is None:
        return _nothing
    context._rng = random.Random(generator.getstate()[1][0])  # noqa: S311 - no secrets here

    def put_back() -> None:
        context._rng = generator

    return put_back


def _nothing() -> None:
    pass
