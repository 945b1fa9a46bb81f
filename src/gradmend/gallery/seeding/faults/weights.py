"""Faults of initial weights and biases, and of recurrent layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from gradmend.gallery._networks import drawn
from gradmend.gallery._program import Program
from gradmend.gallery.seeding._edit import (
    activation_of,
    edited,
    is_head,
    is_hidden,
    is_recurrent,
    with_settings,
)
from gradmend.gallery.seeding._fault import Fault
from gradmend.records import Cause

Chosen = Callable[[Any], bool]


def _is_relu(layer: Any) -> bool:
    return is_hidden(layer) and activation_of(layer) == "relu"


def _is_any(layer: Any) -> bool:
    return is_hidden(layer) or is_head(layer)


def _is_simple(layer: Any) -> bool:
    return type(layer).__name__ == "SimpleRNN"


def _is_gated(layer: Any) -> bool:
    return is_recurrent(layer) and not _is_simple(layer)


def _is_lstm(layer: Any) -> bool:
    return type(getattr(layer, "forward_layer", layer)).__name__ == "LSTM"


def with_start(program: Program, *, chosen: Chosen, **settings: Any) -> Program | None:
    """Give the chosen layers other initializers or activations."""

    def edit(layer: Any, config: dict[str, Any]) -> list[Any] | None:
        return with_settings(layer, config, **settings) if chosen(layer) else None

    return edited(program, edit)


def _fault(
    name: str, title: str, chosen: Chosen, causes: tuple[Cause, ...], **settings: Any
) -> Fault:
    put_into = partial(with_start, chosen=chosen, **settings)
    return Fault(name=name, title=title, put_into=put_into, causes=frozenset(causes))


START = (Cause.INITIALIZER,)
MEMORY = (Cause.RECURRENT_MEMORY, Cause.INITIALIZER, Cause.BIAS)
GROWTH = (Cause.RECURRENT_EXPLOSION, Cause.INITIALIZER, Cause.ACTIVATION)
FAULTS = (
    _fault("zero-weights", "all kernels zero", _is_any, START, kernel_initializer="zeros"),
    _fault("ones-weights", "hidden kernels one", is_hidden, START, kernel_initializer="ones"),
    _fault(
        "constant-weights",
        "hidden kernels 0.1 everywhere",
        is_hidden,
        START,
        kernel_initializer=drawn("Constant", value=0.1),
    ),
    _fault(
        "wide-weights",
        "hidden kernels from N(0, 5)",
        is_hidden,
        START,
        kernel_initializer=drawn("RandomNormal", stddev=5.0),
    ),
    _fault(
        "narrow-weights",
        "all kernels from N(0, 0.00001)",
        _is_any,
        START,
        kernel_initializer=drawn("RandomNormal", stddev=1e-5),
    ),
    _fault(
        "wide-head",
        "the last kernel from N(0, 50)",
        is_head,
        START,
        kernel_initializer=drawn("RandomNormal", stddev=50.0),
    ),
    _fault(
        "negative-weights",
        "hidden kernels in -0.5..0 on ReLU",
        _is_relu,
        START,
        kernel_initializer=drawn("RandomUniform", minval=-0.5, maxval=0.0),
    ),
    _fault(
        "dead-biases",
        "biases at -10 on ReLU",
        _is_relu,
        (Cause.BIAS, Cause.INITIALIZER),
        bias_initializer=drawn("Constant", value=-10.0),
    ),
    _fault(
        "forgetting",
        "a recurrent matrix of size 0.1",
        _is_simple,
        MEMORY,
        recurrent_initializer=drawn("Orthogonal", gain=0.1),
    ),
    _fault(
        "forget-gate-shut",
        "an LSTM whose forget gate starts shut",
        _is_lstm,
        MEMORY,
        unit_forget_bias=False,
        bias_initializer=drawn("Constant", value=-6.0),
    ),
    _fault(
        "exploding-recurrence",
        "a linear recurrence of radius 3",
        _is_simple,
        GROWTH,
        activation="linear",
        recurrent_initializer=drawn("Orthogonal", gain=3.0),
    ),
    _fault(
        "relu-recurrence",
        "a ReLU recurrence with wide weights",
        is_recurrent,
        GROWTH,
        activation="relu",
        recurrent_initializer=drawn("RandomNormal", stddev=2.0),
    ),
    _fault(
        "sigmoid-cell",
        "a sigmoid in the place of a cell's tanh",
        _is_gated,
        (Cause.ACTIVATION, Cause.RECURRENT_MEMORY),
        activation="sigmoid",
    ),
    _fault(
        "saturated-recurrence",
        "a tanh recurrence from N(0, 5)",
        _is_simple,
        (Cause.INITIALIZER, Cause.RECURRENT_EXPLOSION, Cause.RECURRENT_MEMORY),
        kernel_initializer=drawn("RandomNormal", stddev=5.0),
        recurrent_initializer=drawn("RandomNormal", stddev=5.0),
    ),
)
