"""Small values of one shape wait, and are reduced together: deep networks repeat their shapes.

An eager backend pays for every call of a kernel and a compiler for every reduction it is given,
whatever their size; a hundred equal layers are one stack, and cost what one layer costs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from gradmend.measure import statistics

# Entries. Larger values are reduced where they arise: a copy of them costs more than a kernel.
SMALL = 2**16


@dataclass(frozen=True, slots=True)
class Waiting:
    """The output of a call that is to be reduced after the pass."""

    slot: int
    value: Any
    activation: str | None
    unit_axis: int
    before: Any

    @property
    def key(self) -> tuple[Any, ...]:
        """What must be equal of two outputs to be reduced together."""
        kind = self.activation if self.activation in WITH_SUMS_OF_THEIR_OWN else None
        before = None if self.before is None else tuple(self.before.shape)
        shape, dtype = tuple(self.value.shape), keras.backend.standardize_dtype(self.value.dtype)
        return shape, dtype, kind, self.unit_axis if kind in statistics.RELU_LIKE else None, before


WITH_SUMS_OF_THEIR_OWN = statistics.BOUNDED | statistics.RELU_LIKE


@dataclass(frozen=True, slots=True)
class Stack:
    """The statistics of several calls.

    Attributes:
        slots: Whose outputs they are.
        forward: `largest` (count,), `rows` (names, count, batch), of ReLUs `peaks` (count, units).
        reached: Those of the slots to which a gradient came.
        backward: One row of `statistics.BACKWARD` for each of them.
    """

    slots: tuple[int, ...]
    forward: dict[str, Any]
    reached: tuple[int, ...]
    backward: Any


def is_small(value: Any) -> bool:
    """Tell whether a value may wait: few entries, and a shape that is known."""
    shape = tuple(value.shape)
    return len(shape) > 1 and None not in shape and math.prod(shape) <= SMALL


def stacked(
    waiting: Sequence[Waiting], gradients: Mapping[int, Any], *, careful: bool
) -> list[Stack]:
    """Reduce all that waits, stack by stack.

    Args:
        waiting: Outputs of calls.
        gradients: By slot, the gradient of the loss with respect to the output.
        careful: See `gradmend.measure.statistics`.
    """
    kinds: dict[tuple[Any, ...], list[Waiting]] = {}
    for one in waiting:
        kinds.setdefault(one.key, []).append(one)
    return [_stack(alike, gradients, careful) for alike in kinds.values()]


def _stack(alike: list[Waiting], gradients: Mapping[int, Any], careful: bool) -> Stack:
    first, values = alike[0], ops.stack([one.value for one in alike])
    before = None if first.before is None else ops.stack([one.before for one in alike])
    largest, rows = statistics.forward_of_stack(values, first.activation, before, careful=careful)
    forward = {"largest": largest, "rows": rows}
    if first.activation in statistics.RELU_LIKE:
        forward["peaks"] = statistics.peaks_of_stack(values, first.unit_axis)
    reached = [index for index, one in enumerate(alike) if one.slot in gradients]
    backward = None
    if reached:
        norms = statistics.sample_norms(rows)
        if len(reached) < len(alike):
            norms = ops.take(norms, reached, axis=0)
        slopes = ops.stack([gradients[alike[index].slot] for index in reached])
        backward = statistics.backward_of_stack(slopes, norms, careful=careful)
    return Stack(
        slots=tuple(one.slot for one in alike),
        forward=forward,
        reached=tuple(alike[index].slot for index in reached),
        backward=backward,
    )
