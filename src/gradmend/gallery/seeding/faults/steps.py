"""Faults of the optimizer, its settings and the batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from gradmend.gallery._program import Program
from gradmend.gallery.seeding._fault import Fault
from gradmend.records import Cause

RATE = frozenset({Cause.LEARNING_RATE})
BATCH = frozenset({Cause.LEARNING_RATE, Cause.DATA})


def times_rate(program: Program, *, factor: float) -> Program:
    """Multiply the learning rate."""
    rate = program.optimizer["learning_rate"] * factor
    return replace(program, optimizer={**program.optimizer, "learning_rate": rate})


def other_optimizer(program: Program, **settings: Any) -> Program:
    """Exchange the optimizer and its settings."""
    return replace(program, optimizer=settings)


def added(program: Program, *, kinds: tuple[str, ...] = (), **settings: Any) -> Program | None:
    """Add settings to an optimizer of one of these kinds (of any kind, without)."""
    if kinds and program.optimizer["name"] not in kinds:
        return None
    return replace(program, optimizer={**program.optimizer, **settings})


def other_batch(program: Program, *, size: int | None) -> Program | None:
    """Exchange the size of a batch; None takes all rows. The number of epochs stays."""
    return replace(program, batch_size=size or len(program.truth))


def faded(program: Program, *, halves: int) -> Program:
    """Halve the learning rate every few steps."""
    config = {
        "initial_learning_rate": program.optimizer["learning_rate"],
        "decay_steps": halves,
        "decay_rate": 0.5,
    }
    rate = {"class_name": "ExponentialDecay", "config": config}
    return replace(program, optimizer={**program.optimizer, "learning_rate": rate})


def single_rows(program: Program) -> Program | None:
    """One row a step, where batch normalization divides by the spread of that row."""
    names = {type(layer).__name__ for layer in program.model.layers}
    if "BatchNormalization" not in names:
        return None
    return replace(program, batch_size=1, epochs=2)


def _fault(
    name: str, title: str, put_into: Callable[..., Program | None], causes: frozenset[Cause] = RATE
) -> Fault:
    return Fault(name=name, title=title, put_into=put_into, causes=causes)


def _rate(name: str, factor: float) -> Fault:
    return _fault(name, f"learning rate times {factor:g}", partial(times_rate, factor=factor))


ADAMS = ("adam", "adamw", "nadam")
FAULTS = (
    _rate("rate-x30", 30.0),
    _rate("rate-x100", 1e2),
    _rate("rate-x1e3", 1e3),
    _rate("rate-x1e6", 1e6),
    _rate("rate-over-100", 1e-2),
    _rate("rate-over-1e4", 1e-4),
    _rate("rate-over-1e6", 1e-6),
    _rate("rate-zero", 0.0),
    _fault(
        "slow-sgd",
        "plain gradient descent at 0.0001",
        partial(other_optimizer, name="sgd", learning_rate=1e-4),
    ),
    _fault(
        "wild-momentum",
        "momentum 0.99 at a rate of 1",
        partial(other_optimizer, name="sgd", learning_rate=1.0, momentum=0.99),
    ),
    _fault(
        "large-epsilon",
        "an epsilon of 1000 in Adam",
        partial(added, kinds=(*ADAMS, "rmsprop"), epsilon=1e3),
    ),
    _fault(
        "clipped-to-nothing",
        "gradients clipped to a millionth",
        partial(other_optimizer, name="sgd", learning_rate=0.05, clipvalue=1e-6),
    ),
    _fault(
        "heavy-decay",
        "weight decay that outweighs the gradient",
        partial(other_optimizer, name="adamw", learning_rate=0.01, weight_decay=30.0),
        frozenset({Cause.REGULARIZATION}),
    ),
    _fault(
        "whole-batch",
        "all rows in one step, the same epochs",
        partial(other_batch, size=None),
        BATCH,
    ),
    _fault(
        "single-rows",
        "one row a step under batch normalization",
        single_rows,
        frozenset({Cause.NORMALIZATION, Cause.DATA, Cause.LEARNING_RATE}),
    ),
    _fault("fading-rate", "a rate halved every second step", partial(faded, halves=2)),
)
