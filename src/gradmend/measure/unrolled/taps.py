"""Put a tensor of zeros behind every state of every step, and at the entrance of sequences.

A recurrent layer runs its own cell in Keras' own loop; what is added is one more input
per step, the zeros, which the step adds to its new states. The gradient with respect to
them is dL/ds_t, through masks, scans and whatever stands behind the layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from keras import layers, ops, tree
from keras.src import backend

from gradmend.measure.anatomy import Part
from gradmend.measure.recorder import is_float
from gradmend.measure.taps import replaced
from gradmend.measure.unrolled._adapter import Tap
from gradmend.measure.unrolled.cells import is_lstm, leaves_of, state_names


@dataclass(slots=True)
class Tapped:
    """One tapped place: a call of a recurrent layer, or (`names` empty) an entrance.

    `taps` taps belong to it, in the order in which they were made.
    """

    path: str
    call: int
    layer: Any = None
    names: tuple[str, ...] = ()
    taps: int = 1
    handed_on: bool = False


@dataclass(slots=True)
class Spy:
    """Collects, during one pass, what was tapped; `seen` holds tensors to bring back."""

    tap: Tap
    tapped: list[Tapped] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def entrance(self, path: str, value: Any, mask: Any) -> Any:
        """Tap a sequence (batch, steps, ...) where it enters."""
        self.tapped.append(Tapped(path, 1))
        self.seen.append({} if mask is None else {"mask": mask})
        return value + ops.cast(self.tap(tuple(value.shape)), value.dtype)

    def recurrence(self, part: Part, sequences: Any, states: Any, mask: Any) -> list[Any]:
        """Tap every state of a recurrent layer; return the taps (batch, steps, ...)."""
        self.counts[part.path] = call = self.counts.get(part.path, 0) + 1
        flat = tree.flatten(states)
        steps = int(sequences.shape[1])
        names = tuple(state_names(part.layer.cell, states))
        self.tapped.append(Tapped(part.path, call, part.layer, names, len(flat)))
        kept = {"sequences": sequences, "states": states}
        self.seen.append(kept if mask is None else {**kept, "mask": mask})
        return [self.tap((int(s.shape[0]), steps, *s.shape[1:])) for s in flat]


@contextmanager
def spied(parts: tuple[Part, ...], spy: Spy) -> Iterator[None]:
    """Let the recurrent layers and embeddings of a model run tapped; always undo."""
    with ExitStack() as stack:
        for part in parts:
            if isinstance(part.layer, layers.RNN):
                loop = _tapped_loop(part, spy)
                stack.enter_context(replaced(part.layer, "inner_loop", loop))
            elif part.role == "embedding":
                call = _tapped_embedding(part, spy, part.layer.call)
                stack.enter_context(replaced(part.layer, "call", call))
        yield


def _tapped_embedding(part: Part, spy: Spy, original: Callable[..., Any]) -> Any:
    def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        output = original(inputs, *args, **kwargs)
        seen_before = any(place.path == part.path for place in spy.tapped)
        if seen_before or not is_float(output) or len(output.shape) < 3:
            return output
        return spy.entrance(part.path, output, part.layer.compute_mask(inputs))

    return call


def _tapped_loop(part: Part, spy: Spy) -> Any:
    layer = part.layer

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        states = initial_state if tree.is_nested(initial_state) else [initial_state]
        mask = mask[0] if tree.is_nested(mask) else mask
        taps = spy.recurrence(part, sequences, states, mask)
        place = spy.tapped[-1]
        return backend.rnn(
            _step(layer.cell, states, place, training=training),
            [sequences, *taps],
            states,
            go_backwards=layer.go_backwards,
            mask=mask,
            input_length=sequences.shape[1],
            zero_output_for_mask=layer.zero_output_for_mask,
            return_all_outputs=True,
        )

    return inner_loop


def _step(cell: Any, example: Any, place: Tapped, *, training: bool) -> Any:
    """Return the step function: the cell, and a tap added to each of its new states."""
    stacked = leaves_of(cell) != [cell]
    structure = list(example)

    def step(inputs: Any, states: Any) -> Any:
        sequence, *taps = inputs
        states = list(states)
        if not stacked:
            with _carry_tapped(cell, taps):
                output, new = called(cell, sequence, states, training=training)
            output, new = _added(output, new, taps, place)
            return output, tree.pack_sequence_as(structure, new)
        left = iter(taps)
        with ExitStack() as stack:
            for leaf in cell.cells:
                stack.enter_context(replaced(leaf, "call", _tapped_leaf(leaf, left, place)))
            output, new = called(cell, sequence, states, training=training)
        return output, tree.pack_sequence_as(structure, tree.flatten(new))

    return step


def called(cell: Any, inputs: Any, states: Any, *, training: bool) -> tuple[Any, Any]:
    """Call a cell as Keras' own loop does; return its output and its new states, a list."""
    takes_training = isinstance(cell, layers.Layer) and cell._call_has_training_arg
    output, new = cell(inputs, states, **({"training": training} if takes_training else {}))
    return output, list(new) if tree.is_nested(new) else [new]


def _tapped_leaf(leaf: Any, taps: Iterator[Any], place: Tapped) -> Any:
    original = leaf.call

    def call(inputs: Any, states: Any, *args: Any, **kwargs: Any) -> Any:
        own = [next(taps) for _ in tree.flatten(states)]
        with _carry_tapped(leaf, own):
            output, new = original(inputs, states, *args, **kwargs)
        output, flat = _added(output, tree.flatten(new), own, place)
        return output, flat if tree.is_nested(new) else flat[0]

    return call


@contextmanager
def _carry_tapped(cell: Any, taps: list[Any]) -> Iterator[None]:
    """Let the output gate of an LSTM read the tapped carry: h = o * activation(c + tap).

    dL/dc_t then has both of its ways, through h_t and through c_(t+1).
    """
    if not is_lstm(cell):
        yield
        return
    original, calls = cell.activation, [0]

    def activation(value: Any) -> Any:
        calls[0] += 1  # the first call squashes the candidate, the second the carry
        return original(value + ops.cast(taps[1], value.dtype) if calls[0] == 2 else value)

    with replaced(cell, "activation", activation):
        yield


def _added(output: Any, states: Any, taps: list[Any], place: Tapped) -> tuple[Any, list[Any]]:
    """Add the taps to the states; an output that is one of the states gets its tap too."""
    flat = tree.flatten(states)
    new = [state + ops.cast(tap, state.dtype) for state, tap in zip(flat, taps, strict=True)]
    for old, tapped in zip(flat, new, strict=True):
        if output is old:
            return tapped, new
    place.handed_on = True
    return output, new
