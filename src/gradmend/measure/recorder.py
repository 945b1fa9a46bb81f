"""Follow one forward pass: which call made what, and with which statistics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import keras
from keras import layers, tree
from keras.src.backend.common.masking import get_keras_mask, set_keras_mask

from gradmend.measure import statistics
from gradmend.measure.anatomy import Part
from gradmend.measure.stacks import Waiting


class Probe(Protocol):
    """What a backend must offer to a recorder."""

    def reachable(self, value: Any) -> bool:
        """Tell whether a value belongs to the outermost trace (not to a loop body)."""

    def seen(self, value: Any) -> Any:
        """Return the tensor to take statistics of, where that is not the value itself."""

    def forward_statistics(self, value: Any, activation: str | None, before: Any) -> Any:
        """Return `statistics.forward_statistics`, traced as the backend likes best."""

    def tap(self, value: Any, norms: Any, slot: int) -> Any:
        """Return `value`; on the way back, record its gradient's statistics in `slot`."""

    def tap_whole(self, value: Any, slot: int) -> Any:
        """Return `value`, and on the way back keep its gradient whole; None where that is dear."""

    def tap_steps(self, value: Any, slot: int) -> Any:
        """Return `value` (batch, steps, ...); on the way back, record the curve over steps."""


@dataclass(slots=True)
class RawCall:
    """The static side of one tapped output."""

    part: Part
    call: int
    shape: tuple[int, ...]
    unit_axis: int
    inputs: tuple[int, ...]
    rows: tuple[str, ...]
    hidden: str | None = None


@dataclass(slots=True)
class RawCurve:
    """The static side of one call of a recurrent layer."""

    part: Part
    call: int
    shape: tuple[int, ...]
    mask: Any


@dataclass(slots=True)
class Recorder:
    """Collects, during one pass, what flows through the tapped layers."""

    probe: Probe
    careful: bool = False
    calls: list[RawCall] = field(default_factory=list)
    forward: list[dict[str, Any]] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    curves: list[RawCurve] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    producers: dict[int, int] = field(default_factory=dict)
    alive: list[Any] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    attention: dict[str, Any] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)

    def enter(self, part: Part, args: tuple[Any, ...], mask: Any) -> tuple[Any, ...]:
        """Tap the input sequence of a recurrent layer."""
        self.before.pop(part.path, None)
        self.attention.pop(part.path, None)
        if part.role != "recurrent" or not isinstance(part.layer, layers.RNN) or not args:
            return args
        sequence = args[0]
        if not is_float(sequence) or len(sequence.shape) < 3 or not self.probe.reachable(sequence):
            return args
        self.curves.append(
            RawCurve(part, self.counts.get(part.path, 0) + 1, tuple(sequence.shape), mask)
        )
        tapped = _like(self.probe.tap_steps(sequence, len(self.curves) - 1), sequence)
        self._follow(tapped, self.producers.get(id(sequence)))
        return (tapped, *args[1:])

    def leave(self, part: Part, args: tuple[Any, ...], output: Any) -> Any:
        """Tap every floating output of a call."""
        self.counts[part.path] = number = self.counts.get(part.path, 0) + 1
        sources = [leaf for leaf in tree.flatten(args) if is_float(leaf)]
        inputs = tuple(
            dict.fromkeys(
                self.producers[id(leaf)] for leaf in sources if id(leaf) in self.producers
            )
        )
        first = [True]

        def tapped(value: Any) -> Any:
            main, first[0] = first[0], False
            if not main or not is_float(value):
                return value
            return self._observe(part, number, value, inputs, sources)

        return tree.map_structure(tapped, output)

    def _observe(
        self, part: Part, number: int, value: Any, inputs: tuple[int, ...], sources: list[Any]
    ) -> Any:
        if not self.probe.reachable(value) or len(value.shape) == 0:
            self.calls.append(
                RawCall(part, number, tuple(value.shape), -1, inputs, (), "inside a loop")
            )
            return value
        before = self.before.pop(part.path, None)
        index, slot = len(self.calls), len(self.slots)
        axis = _unit_axis(part.layer, len(value.shape))
        names = statistics.row_names(
            part.activation, fused=before is not None, careful=self.careful
        )
        self.calls.append(RawCall(part, number, tuple(value.shape), axis, inputs, names))
        source = sources[0] if sources and not inputs else None
        result = self.probe.tap_whole(value, slot)
        extra = self._extra(part, value, source, peaks=result is None)
        if result is not None:
            seen = self.probe.seen(value)
            self.waiting.append(Waiting(slot, seen, part.activation, axis, before))
        else:
            largest, rows = self.probe.forward_statistics(value, part.activation, before)
            extra |= {"largest": largest, "rows": rows}
            result = self.probe.tap(value, statistics.sample_norms(rows), slot)
        self.forward.append(extra)
        self.slots.append(index)
        result = _like(result, value)
        self._follow(result, index)
        return result

    def _extra(self, part: Part, value: Any, source: Any, *, peaks: bool) -> dict[str, Any]:
        """Return what only some layers need: peaks of ReLU units, the size of a raw input, ..."""
        extra, value = {}, self.probe.seen(value)
        if peaks and part.activation in statistics.RELU_LIKE and len(value.shape) > 1:
            extra["peaks"] = statistics.unit_peaks(value, _unit_axis(part.layer, len(value.shape)))
        if source is not None:
            extra["source"] = statistics.mean_square(self.probe.seen(source), careful=self.careful)
        if part.path in self.attention:
            extra["attention"] = self.attention.pop(part.path)
        return extra

    def heads(self, prediction: Any) -> list[int | None]:
        """Return, per flat output of the model, the call that made it, as far as known."""
        return [self.producers.get(id(leaf)) for leaf in tree.flatten(prediction)]

    def _follow(self, value: Any, index: int | None) -> None:
        if index is not None:
            self.producers[id(value)] = index
            self.alive.append(value)  # an id is only unique while the object lives


def _unit_axis(layer: Any, rank: int) -> int:
    return 1 if getattr(layer, "data_format", None) == "channels_first" and rank > 2 else -1


def is_float(value: Any) -> bool:
    """Tell whether a value is a tensor of floating numbers."""
    return (
        hasattr(value, "shape")
        and hasattr(value, "dtype")
        and "float" in keras.backend.standardize_dtype(value.dtype)
    )


def _like(value: Any, original: Any) -> Any:
    """Carry over what Keras hangs on a tensor: its mask and its cached logits."""
    if value is original:
        return value
    mask = get_keras_mask(original)
    if mask is not None:
        set_keras_mask(value, mask)
    if hasattr(original, "_keras_logits"):
        value._keras_logits = original._keras_logits
    return value
