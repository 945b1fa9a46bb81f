"""Layers and optimizers as a reader would write them in Keras."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradmend.records.facts import OptimizerFacts
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall, WeightSignal

MAX_LINES = 3  # different lines shown; layers that are written alike share one


def calls_named(m: Measurements, names: Sequence[str]) -> list[LayerCall]:
    """The first calls of the layers named, by label or path, in forward order."""
    wanted = set(names)
    return [call for call in m.calls if call.call == 1 and wanted & {call.label, call.path}]


def _kernel(m: Measurements, call: LayerCall) -> WeightSignal | None:
    return next((w for w in m.weights if w.layer == call.path and w.role == "kernel"), None)


def _units(m: Measurements, call: LayerCall) -> int | None:
    kernel = _kernel(m, call)
    if call.has_kernel and kernel is not None:
        return kernel.shape[-1]
    times = next((t.units for t in m.times if t.layer == call.path), None)
    return times if times is not None else (call.forward.units if call.forward else None)


def layer_line(m: Measurements, call: LayerCall, **arguments: str) -> str:
    """One layer, with its own units and activation, and these arguments (already quoted).

    Example:
        `Dense(64, activation="sigmoid")`, `Conv2D(32, 3, activation="relu")`, `Embedding(99, 8)`.
    """
    if call.class_name == "Activation":
        return f"Activation({arguments.get('activation', _quoted(call.activation or 'linear'))})"
    positional: list[str] = []
    units, kernel = _units(m, call), _kernel(m, call)
    if (call.has_kernel or call.role == "recurrent") and units is not None:
        positional.append(str(units))
    if call.role == "conv" and kernel is not None and len(kernel.shape) > 2:
        sizes = kernel.shape[:-2]
        positional.append(str(sizes[0]) if len(set(sizes)) == 1 else str(tuple(sizes)))
    table = next((w for w in m.weights if w.layer == call.path and w.role == "embeddings"), None)
    if call.role == "embedding" and table is not None:
        positional += [str(size) for size in table.shape]
    named = {} if call.activation in (None, "linear") else {"activation": _quoted(call.activation)}
    keywords = [f"{key}={value}" for key, value in {**named, **arguments}.items()]
    return f"{call.class_name}({', '.join(positional + keywords)})"


def optimizer_line(optimizer: OptimizerFacts, **arguments: str) -> str:
    """The optimizer with its learning rate, as given to `compile`."""
    rate = {}
    if optimizer.learning_rate is not None:
        rate = {"learning_rate": f"{optimizer.learning_rate:.3g}"}
    keywords = ", ".join(f"{key}={value}" for key, value in {**rate, **arguments}.items())
    return f"{optimizer.name}({keywords})"


def _quoted(name: str | None) -> str:
    return f'"{name}"'


def distinct(lines: Iterable[str]) -> tuple[str, ...]:
    """The different lines, in order, the first few of them."""
    return tuple(dict.fromkeys(lines))[:MAX_LINES]
