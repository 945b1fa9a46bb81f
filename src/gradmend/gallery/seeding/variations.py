"""Harmless changes: a healthy program stays healthy, and a good diagnosis stays silent.

They have the shape of faults, with no cause to name. As with faults, the training has to
show that the program is still healthy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from gradmend.gallery._program import Program
from gradmend.gallery.seeding._edit import edited, is_head, is_hidden, on
from gradmend.gallery.seeding._fault import Fault
from gradmend.gallery.seeding.faults.data import on_inputs
from gradmend.gallery.seeding.faults.layers import heavy_dropout, swap_activation
from gradmend.gallery.seeding.faults.steps import added, other_batch, other_optimizer, times_rate
from gradmend.gallery.seeding.faults.weights import with_start


def normalized_layers(program: Program) -> Program | None:
    """Layer normalization behind every hidden layer."""

    def edit(layer: Any, config: dict[str, Any]) -> list[Any] | None:
        import keras

        if not is_hidden(layer):
            return None
        return [type(layer).from_config(config), keras.layers.LayerNormalization()]

    return edited(program, edit)


def first_frozen(program: Program) -> Program | None:
    """The first layer keeps the weights it was given, as after transfer."""
    first = next((layer for layer in program.model.layers if layer.weights), None)
    if first is None or is_head(first):
        return None
    return edited(program, on(lambda layer: layer is first, trainable=False))


def twice_as_long(program: Program) -> Program:
    """Half the learning rate, and twice the epochs."""
    return replace(times_rate(program, factor=0.5), epochs=2 * program.epochs)


def _variation(name: str, title: str, put_into: Callable[..., Program | None]) -> Fault:
    return Fault(name=name, title=title, put_into=put_into, causes=frozenset())


def _started(name: str) -> Fault:
    change = partial(with_start, chosen=is_hidden, kernel_initializer=name)
    return _variation(name.replace("_", "-"), f"weights from {name}", change)


def _activated(name: str) -> Fault:
    return _variation(
        name.replace("_", "-"), f"{name} hidden layers", partial(swap_activation, new=name)
    )


L2 = {"class_name": "L2", "config": {"l2": 1e-4}}
VARIATIONS: tuple[Fault, ...] = (
    _variation("rate-x2", "twice the learning rate", partial(times_rate, factor=2.0)),
    _variation("slower", "half the rate, twice the epochs", twice_as_long),
    _variation("batch-of-8", "batches of 8", partial(other_batch, size=8)),
    _variation("batch-of-64", "batches of 64", partial(other_batch, size=64)),
    _variation("clipnorm", "gradients clipped by norm", partial(added, clipnorm=1.0)),
    _variation("adamw", "AdamW", partial(other_optimizer, name="adamw", learning_rate=3e-3)),
    _variation(
        "momentum",
        "SGD with momentum",
        partial(other_optimizer, name="sgd", learning_rate=0.03, momentum=0.9),
    ),
    _variation(
        "inputs-x3", "inputs three times as large", partial(on_inputs, change=lambda x: 3 * x)
    ),
    _variation("inputs-off", "2 added to the inputs", partial(on_inputs, change=lambda x: x + 2)),
    _variation("dropout-0.2", "dropout of 0.2", partial(heavy_dropout, rate=0.2)),
    _variation(
        "light-l2",
        "an L2 penalty of 0.0001",
        partial(edited, edit=on(is_hidden, kernel_regularizer=L2)),
    ),
    _variation("layer-normalized", "layer normalization", normalized_layers),
    _variation("first-frozen", "first layer frozen", first_frozen),
    *(_activated(name) for name in ("elu", "gelu", "leaky_relu", "selu", "tanh")),
    *(_started(name) for name in ("glorot_normal", "he_uniform", "orthogonal", "lecun_normal")),
)
