"""Run a cell along its own sequence once more: gates, saturation, the Lyapunov exponent.

The exponent is that of Benettin et al. (1980), Meccanica 15: a small change of the state is
carried along, measured and brought back to its length at every step. The derivative
along it is a central difference, so any cell can be asked, on every backend.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import layers, ops, tree

from gradmend.measure._adapter import Array, host
from gradmend.measure.anatomy import activation_of
from gradmend.measure.taps import replaced
from gradmend.measure.unrolled._adapter import backend
from gradmend.measure.unrolled.cells import gates_of, keeping_gate, leaves_of
from gradmend.measure.unrolled.taps import called
from gradmend.records.unrolled import GateSignal

MOST_SAMPLES = 32  # means over time need no more
WIDTH = 1e-3  # of the change; its square is the error, float32 / WIDTH the noise
SMALLEST = 1e-30  # a change that is gone counts as this
BURN_IN = 0.25  # of the real steps, at most BURN_STEPS: the change turns to its fastest direction
BURN_STEPS = 20
SATURATED = 0.99


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What one run showed."""

    gates: tuple[GateSignal, ...] = ()
    lyapunov: float | None = None
    saturated: float | None = None


def trajectory(layer: Any, sequences: Any, states: Any, mask: Array | None) -> Trajectory:
    """Follow the cell of a layer over sequences (batch, steps, ...) from given states."""
    rows = min(int(sequences.shape[0]), MOST_SAMPLES)
    structure = [ops.convert_to_tensor(s)[:rows] for s in tree.flatten(states)]
    steps = int(sequences.shape[1])
    real = np.ones((rows, steps), bool) if mask is None else np.asarray(mask, bool)[:rows]
    sequences = ops.convert_to_tensor(sequences)[:rows]
    if layer.go_backwards:
        sequences, real = ops.flip(sequences, axis=1), real[:, ::-1]
    weights = _after_burn_in(real)
    if not real.any():
        return Trajectory()
    walk = _Walk(layer, states)
    run = backend().compiled(walk.run)
    sums = [host(s) for s in run(sequences, structure, _float(real), _float(weights))]
    growth, count = sums[0].astype(np.float64), weights.sum(axis=1)
    known = count > 0
    return Trajectory(
        gates=walk.gates(sums[2:], float(real.sum())),
        lyapunov=float(np.mean(growth[known] / count[known])) if known.any() else None,
        saturated=float(sums[1]) / float(real.sum()) if walk.bounded else None,
    )


def _float(values: Array) -> Any:
    return ops.convert_to_tensor(np.ascontiguousarray(values.T), dtype="float32")


def _after_burn_in(real: Array) -> Array:
    """Return true at the real steps that count for the exponent."""
    number = np.cumsum(real, axis=1)
    skipped = np.minimum(BURN_STEPS, (BURN_IN * real.sum(axis=1)).astype(int))
    found: Array = real & (number > skipped[:, None])
    return found


def first_direction(shapes: list[tuple[int, ...]]) -> list[Array]:
    """Return the change of the states that the walk begins with, of length 1 per sample."""
    random = np.random.default_rng(0)
    drawn = [random.choice([-1.0, 1.0], size=shape) for shape in shapes]
    length = np.sqrt(sum(np.prod(shape) for shape in shapes))
    return [values / length for values in drawn]


class _Walk:
    """One pass over the steps, with sums that are carried along."""

    def __init__(self, layer: Any, states: Any) -> None:
        self.layer, self.cell, self.example = layer, layer.cell, list(states)
        self.leaves = [leaf for leaf in leaves_of(layer.cell) if gates_of(leaf)]
        self.bounded = activation_of(layer) == "tanh" and isinstance(layer, layers.SimpleRNN)

    def run(self, sequences: Any, states: list[Any], real: Any, weights: Any) -> list[Any]:
        """Return the summed log growth per sample, the saturated share, and the gates' sums."""
        drawn = first_direction([tuple(s.shape[1:]) for s in states])
        change = [
            ops.cast(ops.broadcast_to(ops.convert_to_tensor(d, dtype="float32"), s.shape), s.dtype)
            for d, s in zip(drawn, states, strict=True)
        ]
        sums = [ops.zeros((int(real.shape[1]),), "float32"), ops.zeros((), "float32")]
        for leaf in self.leaves:
            units = _units(leaf)
            sums += [ops.zeros((len(gates_of(leaf)),), "float32"), ops.zeros((units,), "float32")]
        swapped = ops.transpose(sequences, (1, 0, *range(2, len(sequences.shape))))
        carry, _ = ops.scan(self._step, [states, change, sums], [swapped, real, weights])
        return list(carry[2])

    def _step(self, carry: Any, given: Any) -> tuple[Any, None]:
        states, change, sums = carry
        inputs, real, weight = given
        new, opened = self._opened(inputs, states)
        size = ops.maximum(_length(states) / _root_of_size(states), 1.0) * WIDTH
        above = self._moved(inputs, states, change, size)
        below = self._moved(inputs, states, change, -size)
        moved = [(a - b) / _along(2 * size, a) for a, b in zip(above, below, strict=True)]
        grown = ops.maximum(_length(moved), SMALLEST)
        turned = [
            ops.where(_along(grown, m) > SMALLEST, m / _along(grown, m), c)
            for m, c in zip(moved, change, strict=True)
        ]
        found = [sums[0] + weight * ops.log(grown), sums[1] + self._saturated(new, real)]
        found += [old + term for old, term in zip(sums[2:], _opening(opened, real), strict=True)]
        return [_kept(real, new, states), _kept(real, turned, change), found], None

    def _opened(self, inputs: Any, states: Any) -> tuple[list[Any], list[tuple[Any, list[Any]]]]:
        """Take one step; return the new states and what each gated cell's gates were."""
        opened: list[tuple[Any, list[Any]]] = []
        with ExitStack() as stack:
            for leaf in self.leaves:
                values: list[Any] = []
                opened.append((leaf, values))
                gate = _overheard(leaf.recurrent_activation, values)
                stack.enter_context(replaced(leaf, "recurrent_activation", gate))
            return self._next(inputs, states), opened

    def _moved(self, inputs: Any, states: Any, change: Any, size: Any) -> list[Any]:
        moved = [s + c * _along(size, s) for s, c in zip(states, change, strict=True)]
        return self._next(inputs, moved)

    def _next(self, inputs: Any, states: Any) -> list[Any]:
        packed = tree.pack_sequence_as(self.example, list(states))
        _, new = called(self.cell, inputs, packed, training=False)
        return [ops.cast(n, s.dtype) for n, s in zip(tree.flatten(new), states, strict=True)]

    def _saturated(self, new: list[Any], real: Any) -> Any:
        if not self.bounded:
            return ops.zeros((), "float32")
        beyond = ops.cast(ops.abs(new[0]) > SATURATED, "float32")
        return ops.sum(ops.mean(beyond, axis=-1) * real)

    def gates(self, sums: list[Array], count: float) -> tuple[GateSignal, ...]:
        """Turn the sums over real steps and samples into records."""
        found = []
        stacked = leaves_of(self.cell) != [self.cell]
        for number, leaf in enumerate(self.leaves):
            means, logs = sums[2 * number] / count, sums[2 * number + 1] / count
            keeps = np.exp(logs.astype(np.float64))
            for name, mean in zip(gates_of(leaf), means, strict=True):
                holds = name == keeping_gate(leaf)
                stands = f"cell {leaves_of(self.cell).index(leaf) + 1} " if stacked else ""
                found.append(
                    GateSignal(
                        name=f"{stands}{name}",
                        mean=float(mean),
                        keeps=float(np.median(keeps)) if holds else None,
                        keeps_longest=float(keeps.max()) if holds else None,
                    )
                )
        return tuple(found)


def _overheard(activation: Any, values: list[Any]) -> Any:
    def gate(value: Any) -> Any:
        result = activation(value)
        values.append(result)
        return result

    return gate


def _opening(opened: list[tuple[Any, list[Any]]], real: Any) -> list[Any]:
    """Return, per gated cell, the mean of each gate and the log of the keeping one, per unit."""
    terms = []
    for leaf, values in opened:
        flat = [_by_unit(ops.cast(value, "float32")) for value in values]
        weight = real[:, None]
        terms.append(ops.stack([ops.sum(ops.mean(gate, axis=1) * real) for gate in flat]))
        keeping = flat[gates_of(leaf).index(keeping_gate(leaf) or "")]
        terms.append(ops.sum(ops.log(ops.maximum(keeping, SMALLEST)) * weight, axis=0))
    return terms


def _by_unit(gate: Any) -> Any:
    """Return a gate as (batch, units); that of a convolution is averaged over its positions."""
    rank = len(gate.shape)
    return gate if rank == 2 else ops.mean(gate, axis=tuple(range(1, rank - 1)))


def _units(cell: Any) -> int:
    return int(cell.units if hasattr(cell, "units") else cell.filters)


def _root_of_size(states: list[Any]) -> float:
    return float(np.sqrt(sum(np.prod(s.shape[1:]) for s in states)))


def _length(states: list[Any]) -> Any:
    """Return the L2 norm per sample over all states, in float32, scaled against underflow."""
    flat = [ops.reshape(ops.cast(s, "float32"), (s.shape[0], -1)) for s in states]
    whole = ops.concatenate(flat, axis=1)
    largest = ops.max(ops.abs(whole), axis=1, keepdims=True)
    safe = ops.where(largest > 0, largest, ops.ones_like(largest))
    return ops.sqrt(ops.sum(ops.square(whole / safe), axis=1)) * largest[:, 0]


def _along(per_sample: Any, state: Any) -> Any:
    """Give a number per sample the rank and dtype of a state."""
    shape = (state.shape[0], *([1] * (len(state.shape) - 1)))
    return ops.cast(ops.reshape(per_sample, shape), state.dtype)


def _kept(real: Any, new: list[Any], old: list[Any]) -> list[Any]:
    """Return the new values where the step is real, the old ones where it is padding."""
    return [
        ops.where(_along(real, o) > 0, ops.cast(n, o.dtype), o)
        for n, o in zip(new, old, strict=True)
    ]
