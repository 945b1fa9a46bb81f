"""Faults of the last activation and of the loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from gradmend.gallery._program import Loss, Program
from gradmend.gallery.seeding._edit import activation_of, edited, is_head, with_settings
from gradmend.gallery.seeding._fault import Fault
from gradmend.records import Cause

HEAD = frozenset({Cause.OUTPUT_ACTIVATION, Cause.LOSS_PAIRING})
DISTANCES = ("mean_squared_error", "mean_absolute_error")
PROBABILITIES = ("softmax", "sigmoid")


def _with_head(program: Program, old: tuple[str, ...], new: str) -> Program | None:
    def edit(layer: Any, config: dict[str, Any]) -> list[Any] | None:
        if not is_head(layer) or activation_of(layer) not in old:
            return None
        return with_settings(layer, config, activation=new)

    return edited(program, edit)


def swap_head(program: Program, *, old: tuple[str, ...], new: str) -> Program | None:
    """Exchange the last activation; with logits in the loss nothing is exchanged."""
    return None if _uses_logits(program) else _with_head(program, old, new)


def one_unit_softmax(program: Program) -> Program | None:
    """A softmax over the single unit of a yes or no."""
    if program.task != "binary":
        return None
    return _with_head(program, ("sigmoid",), "softmax")


def logits_as_probabilities(program: Program) -> Program | None:
    """Take the softmax or sigmoid away, and leave the loss as it is."""
    if _uses_logits(program):
        losses = Loss(program.loss.name)
        return replace(program, loss=losses, faulty=("head",))
    return _with_head(program, PROBABILITIES, "linear")


def squashed_twice(program: Program) -> Program | None:
    """Tell the loss that it gets logits where it gets probabilities."""
    loss = program.loss
    if isinstance(loss, dict) or not loss.name.endswith("crossentropy") or loss.from_logits:
        return None
    return replace(program, loss=Loss(loss.name, from_logits=True), faulty=("head",))


def other_loss(program: Program, *, task: str, old: str, new: str) -> Program | None:
    """Exchange the loss."""
    if program.task != task or program.loss.name != old:
        return None
    return replace(program, loss=Loss(new), faulty=("head",))


def wrong_sign(program: Program) -> Program | None:
    """Make the distance to the target large instead of small."""
    if program.task != "numbers" or program.loss.name not in DISTANCES:
        return None
    return replace(program, loss=program.loss._replace(negated=True), faulty=("head",))


def _uses_logits(program: Program) -> bool:
    return not isinstance(program.loss, dict) and program.loss.from_logits


def _fault(name: str, title: str, put_into: Callable[[Program], Program | None]) -> Fault:
    return Fault(name=name, title=title, put_into=put_into, causes=HEAD)


SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"
FAULTS = (
    _fault("one-unit-softmax", "softmax over one unit", one_unit_softmax),
    _fault("no-softmax", "logits taken for probabilities", logits_as_probabilities),
    _fault("softmax-twice", "probabilities taken for logits", squashed_twice),
    _fault(
        "relu-head",
        "a ReLU as last activation of a classifier",
        partial(swap_head, old=PROBABILITIES, new="relu"),
    ),
    _fault(
        "tanh-head",
        "a tanh as last activation of a classifier",
        partial(swap_head, old=PROBABILITIES, new="tanh"),
    ),
    _fault(
        "sigmoid-regression",
        "a sigmoid as last activation of a regression",
        partial(swap_head, old=("linear",), new="sigmoid"),
    ),
    _fault(
        "relu-regression",
        "a ReLU as last activation of a regression",
        partial(swap_head, old=("linear",), new="relu"),
    ),
    _fault(
        "softmax-regression",
        "a softmax as last activation of a regression",
        partial(swap_head, old=("linear",), new="softmax"),
    ),
    _fault(
        "squared-class-numbers",
        "squared error against the number of the class",
        partial(other_loss, task="classes", old=SPARSE, new="mean_squared_error"),
    ),
    _fault(
        "binary-loss-on-classes",
        "binary cross-entropy against the number of the class",
        partial(other_loss, task="classes", old=SPARSE, new=BINARY),
    ),
    _fault(
        "crossentropy-regression",
        "binary cross-entropy on numbers",
        partial(other_loss, task="numbers", old="mean_squared_error", new=BINARY),
    ),
    _fault(
        "categorical-on-one-unit",
        "categorical cross-entropy on one unit",
        partial(other_loss, task="binary", old=BINARY, new="categorical_crossentropy"),
    ),
    Fault(
        name="wrong-sign-loss",
        title="a distance that is made large",
        put_into=wrong_sign,
        causes=frozenset({Cause.LOSS_PAIRING}),
    ),
)
