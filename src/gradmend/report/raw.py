"""Every number of a visit as text in tables. An empty cell: not measured, or without meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from gradmend.records import LayerCall, Measurements, TensorFacts, TimeSignal, WeightSignal
from gradmend.report.blocks import Table
from gradmend.report.words import number, plain

CALLS = (
    "layer call", "class", "shape", "output RMS", "mean", "std", "largest", "gain", "similarity",
    "saturated", "dead", "nan/inf", "gradient norm", "gradient RMS", "largest gradient",
    "zero gradients", "flow",
)  # fmt: skip
WEIGHTS = (
    "weight", "role", "shape", "trainable", "RMS", "gain", "nan/inf", "gradient norm",
    "gradient / weight", "step / weight",
)  # fmt: skip
TIMES = ("recurrent layer", "cell", "steps", "memory length", "decades per step", "spectral radius")
TENSORS = (
    "tensor", "shape", "type", "mean", "std", "smallest", "largest", "nan/inf", "distinct values",
)  # fmt: skip


def raw_tables(m: Measurements) -> tuple[Table, ...]:
    """Return the tables that have rows: layers, weights, time, data, loss and optimizer."""
    tables = (
        Table(caption="layers", columns=CALLS, rows=tuple(map(_call, m.calls))),
        Table(caption="weights", columns=WEIGHTS, rows=tuple(map(_weight, m.weights))),
        Table(caption="through time", columns=TIMES, rows=tuple(map(_time, m.times))),
        Table(
            caption="data and targets",
            columns=TENSORS,
            rows=tuple(_tensor(fact) for fact in (*m.inputs, *m.targets)),
        ),
        Table(caption="loss and optimizer", columns=("setting", "value"), rows=tuple(_settings(m))),
    )
    return tuple(table for table in tables if table.rows)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, float) else plain(f"{value}")


def _row(*values: object) -> tuple[str, ...]:
    return tuple(_text(value) for value in values)


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "scalar"


def _call(call: LayerCall) -> tuple[str, ...]:
    f, b = call.forward, call.backward
    forward = (
        _row(
            _shape(f.shape), f.rms, f.mean, f.std, f.largest, f.gain, f.similarity,
            f.saturated_soft, f.dead_share, f.nonfinite,
        )
        if f is not None
        else ("",) * 10
    )  # fmt: skip
    backward = _row(b.norm, b.rms, b.largest, b.zero_share, b.flow) if b is not None else ("",) * 5
    return (*_row(call.label, call.class_name), *forward, *backward)


def _weight(w: WeightSignal) -> tuple[str, ...]:
    return _row(
        w.path, w.role, _shape(w.shape), w.trainable, w.rms, w.gain, w.nonfinite,
        w.gradient_norm, w.relative_gradient, w.update_ratio,
    )  # fmt: skip


def _time(t: TimeSignal) -> tuple[str, ...]:
    label = t.layer if t.call == 1 else f"{t.layer}#{t.call}"
    return _row(label, t.cell, t.steps, t.memory_length, t.decades_per_step, t.spectral_radius)


def _tensor(fact: TensorFacts) -> tuple[str, ...]:
    return _row(
        fact.name, _shape(fact.shape), fact.dtype, fact.mean, fact.std, fact.smallest,
        fact.largest, fact.nonfinite, fact.distinct,
    )  # fmt: skip


def _settings(m: Measurements) -> Iterator[tuple[str, str]]:
    for facts, kind in ((m.loss, "loss"), (m.optimizer, "optimizer")):
        for field in fields(facts) if facts is not None else ():
            text = _text(getattr(facts, field.name))
            if text:
                yield f"{kind}: {field.name.replace('_', ' ')}", text
