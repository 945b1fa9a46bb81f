"""Which calls are heads, which are hidden, and what stands behind a call."""

from __future__ import annotations

from itertools import pairwise
from math import prod

from gradmend.records.facts import OutputFacts
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

WEIGHTED = frozenset({"dense", "conv", "projection", "recurrent", "attention"})
_TRANSPARENT = frozenset({"activation", "reshape", "dropout", "pool"})
_CLASS_ACTIVATIONS = {
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "Softmax": "softmax",
}


def own_activation(call: LayerCall) -> str | None:
    """The activation inside one call, None where it has none or a linear one."""
    name = call.activation or _CLASS_ACTIVATIONS.get(call.class_name)
    return None if name == "linear" else name


def consumers(m: Measurements) -> dict[int, list[LayerCall]]:
    """The calls that read the output of each call, by its index."""
    readers: dict[int, list[LayerCall]] = {}
    for call in m.calls:
        for source in call.inputs:
            readers.setdefault(source, []).append(call)
    return readers


def activation_behind(call: LayerCall, readers: dict[int, list[LayerCall]]) -> str | None:
    """The activation that a call's output meets: its own, or that of a layer behind it."""
    seen = call
    for _ in range(3):  # Dense -> BatchNormalization -> Activation is the longest usual road
        own = own_activation(seen)
        behind = readers.get(seen.index, [])
        if own is not None or len(behind) != 1 or behind[0].role not in ("norm", "activation"):
            return own
        seen = behind[0]
    return own_activation(seen)


def norm_behind(call: LayerCall, readers: dict[int, list[LayerCall]]) -> bool:
    """Whether a normalization reads this call, which then hides the scale of its kernel."""
    return any(reader.role == "norm" for reader in readers.get(call.index, ()))


def joins(m: Measurements) -> frozenset[int]:
    """The calls whose output is added to another road, by an `Add` layer or by `x + y`.

    A sum written as an operator is no layer and leaves no trace but this: nobody is seen to
    read the call, and the next call is seen to read nothing.
    """
    readers, heads = consumers(m), head_indices(m)
    found = set()
    for call, following in pairwise(m.calls):
        loose = call.index not in readers and call.index not in heads and not following.inputs
        added = any(reader.class_name == "Add" for reader in readers.get(call.index, ()))
        if added or (loose and _receives_more(call, following)):
            found.add(call.index)
    return frozenset(found)


def _receives_more(call: LayerCall, following: LayerCall) -> bool:
    """Whether the next call reads something of the same kind, yet not just this output."""
    seen, read = call.forward, following.forward
    if seen is None or read is None or not seen.rms or not read.gain:
        return False
    arriving = read.rms / read.gain
    return abs(arriving - seen.rms) > 1e-3 * seen.rms


def has_joins(m: Measurements) -> bool:
    """Whether several roads meet somewhere: residual connections, skips, branches."""
    return any(call.role == "merge" for call in m.calls) or bool(joins(m))


def _matches(call: LayerCall, layer: str) -> bool:
    return call.path == layer or call.path.endswith(f"/{layer}")


def call_of_output(m: Measurements, output: OutputFacts) -> LayerCall | None:
    """The call that yields an output of the model, None when it could not be told."""
    if output.layer is None:
        return None
    layer = output.layer
    return next((call for call in reversed(m.calls) if _matches(call, layer)), None)


def head_indices(m: Measurements) -> frozenset[int]:
    """The calls that form the outputs: back to the last layer with weights, included."""
    by_index = {call.index: call for call in m.calls}
    found = [call_of_output(m, output) for output in m.outputs]
    ends = [call for call in found if call is not None] or list(m.calls[-1:])
    heads: set[int] = set()
    for end in ends:
        call: LayerCall | None = end
        while call is not None and call.index not in heads:
            heads.add(call.index)
            passes_on = call.role in _TRANSPARENT and not call.weights
            source = call.inputs[0] if call.inputs else call.index - 1
            call = by_index.get(source) if passes_on else None
    return frozenset(heads)


def hidden_calls(m: Measurements) -> tuple[LayerCall, ...]:
    """The calls whose output was seen and that do not form an output of the model."""
    heads = head_indices(m)
    return tuple(c for c in m.calls if c.forward is not None and c.index not in heads)


def positions(call: LayerCall) -> int:
    """How many places of one sample share a unit: 1 for a table, width·height for an image."""
    if call.forward is None:
        return 1
    return max(prod(call.forward.shape[1:-1]), 1)
