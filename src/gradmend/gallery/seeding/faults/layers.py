"""Faults of activations, depth, dropout, penalties and frozen layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from gradmend.gallery._program import Program
from gradmend.gallery.seeding._edit import (
    activation_of,
    edited,
    is_head,
    is_hidden,
    on,
    with_settings,
)
from gradmend.gallery.seeding._fault import Fault
from gradmend.records import Cause

DEPTH = 12


def swap_activation(program: Program, *, new: str) -> Program | None:
    """Exchange the activation of every hidden layer that has one."""

    def edit(layer: Any, config: dict[str, Any]) -> list[Any] | None:
        if not is_hidden(layer) or activation_of(layer) in (None, "linear", new):
            return None
        return with_settings(layer, config, activation=new)

    return edited(program, edit)


def stacked(program: Program, *, activation: str, **settings: Any) -> Program | None:
    """Put many equal dense layers in the place of the last hidden one."""
    hidden = [layer for layer in program.model.layers if is_hidden(layer)]
    if not hidden or type(hidden[-1]).__name__ != "Dense":
        return None

    def edit(layer: Any, config: dict[str, Any]) -> list[Any] | None:
        if layer is not hidden[-1]:
            return None
        config |= {"activation": activation, **settings}
        names = [f"{layer.name}_{i}" for i in range(DEPTH)]
        return [type(layer).from_config(config | {"name": name}) for name in names]

    found = edited(program, edit)
    names = tuple(f"{hidden[-1].name}_{i}" for i in range(DEPTH))
    return replace(found, faulty=names) if found else None


def bottleneck(program: Program) -> Program | None:
    """A dense ReLU layer of a single unit before the last layer."""

    def edit(layer: Any, config: dict[str, Any]) -> list[Any] | None:
        if not is_head(layer):
            return None
        narrow = type(layer)(1, "relu", name="narrow")
        return [narrow, type(layer).from_config(config)]

    found = edited(program, edit)
    return replace(found, faulty=("narrow",)) if found else None


def heavy_dropout(program: Program, *, rate: float) -> Program | None:
    """Dropout behind every hidden layer."""

    def edit(layer: Any, config: dict[str, Any]) -> list[Any] | None:
        import keras

        if not is_hidden(layer):
            return None
        drop = keras.layers.Dropout(rate, name=f"drop_{layer.name}")
        return [type(layer).from_config(config), drop]

    found = edited(program, edit)
    return found and replace(found, faulty=tuple(f"drop_{name}" for name in found.faulty))


def frozen(program: Program, *, head: bool) -> Program | None:
    """Layers that are not trained: all hidden ones, or every layer."""

    def edit(layer: Any, config: dict[str, Any]) -> list[Any] | None:
        if is_head(layer) and not head:
            return None
        return with_settings(layer, config, trainable=False) if layer.weights else None

    return edited(program, edit)


def without_normalization(program: Program) -> Program | None:
    """Take every normalization away, and leave the learning rate that needs it."""

    def edit(layer: Any, _: dict[str, Any]) -> list[Any] | None:
        return [] if type(layer).__name__ == "BatchNormalization" else None

    found = edited(program, edit)
    return replace(found, faulty=()) if found else None


def _fault(
    name: str, title: str, put_into: Callable[[Program], Program | None], *causes: Cause
) -> Fault:
    return Fault(name=name, title=title, put_into=put_into, causes=frozenset(causes))


def _swapped(new: str, *causes: Cause) -> Fault:
    title = f"{new} as activation of every hidden layer"
    return _fault(f"{new}-hidden", title, partial(swap_activation, new=new), *causes)


def _penalised(name: str, penalty: dict[str, Any]) -> Fault:
    change = partial(
        edited,
        edit=on(lambda layer: is_hidden(layer) or is_head(layer), kernel_regularizer=penalty),
    )
    return _fault(name, "a penalty that outweighs the loss", change, Cause.REGULARIZATION)


FAULTS = (
    _swapped("sigmoid", Cause.ACTIVATION),
    _swapped("softmax", Cause.ACTIVATION),
    _swapped("exponential", Cause.ACTIVATION),
    _swapped("linear", Cause.ACTIVATION),
    _fault(
        "deep-sigmoid",
        f"{DEPTH} sigmoid layers",
        partial(stacked, activation="sigmoid"),
        Cause.ACTIVATION,
        Cause.DEPTH,
    ),
    _fault(
        "deep-tanh-narrow",
        f"{DEPTH} tanh layers with weights from N(0, 0.02)",
        partial(
            stacked,
            activation="tanh",
            kernel_initializer={"class_name": "RandomNormal", "config": {"stddev": 0.02}},
        ),
        Cause.INITIALIZER,
    ),
    _fault(
        "deep-tanh-wide",
        f"{DEPTH} tanh layers with weights from N(0, 1)",
        partial(
            stacked,
            activation="tanh",
            kernel_initializer={"class_name": "RandomNormal", "config": {"stddev": 1.0}},
        ),
        Cause.INITIALIZER,
    ),
    _fault(
        "deep-linear-wide",
        f"{DEPTH} linear layers with weights from N(0, 1)",
        partial(
            stacked,
            activation="linear",
            kernel_initializer={"class_name": "RandomNormal", "config": {"stddev": 1.0}},
        ),
        Cause.INITIALIZER,
        Cause.ACTIVATION,
    ),
    _fault(
        "bottleneck",
        "one ReLU unit before the head",
        bottleneck,
        Cause.DEPTH,
        Cause.ACTIVATION,
        Cause.INITIALIZER,
    ),
    _fault(
        "dropout-0.95", "dropout of 0.95", partial(heavy_dropout, rate=0.95), Cause.REGULARIZATION
    ),
    _fault(
        "dropout-0.99", "dropout of 0.99", partial(heavy_dropout, rate=0.99), Cause.REGULARIZATION
    ),
    _penalised("l2-of-1", {"class_name": "L2", "config": {"l2": 1.0}}),
    _penalised("l1-of-0.1", {"class_name": "L1", "config": {"l1": 0.1}}),
    _fault(
        "frozen-hidden", "hidden layers frozen", partial(frozen, head=False), Cause.LEARNING_RATE
    ),
    _fault("all-frozen", "every layer frozen", partial(frozen, head=True), Cause.LEARNING_RATE),
    _fault(
        "no-normalization",
        "batch normalization taken away",
        without_normalization,
        Cause.NORMALIZATION,
        Cause.LEARNING_RATE,
        Cause.INITIALIZER,
    ),
)
