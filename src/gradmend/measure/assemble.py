"""Name and unscale the raw numbers of a step, and lay them down as records.

Here, in float64 on the host, sizes become largest · sqrt(sum of squares), which a
float32 device could not represent below 1e-19.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradmend.measure import statistics
from gradmend.measure._adapter import Array, StepNumbers
from gradmend.measure.recorder import RawCall
from gradmend.records.signals import BackwardSignal, ForwardSignal, LayerCall

Sums = Mapping[str, Any]


def layer_calls(numbers: StepNumbers) -> tuple[LayerCall, ...]:
    """Return the records of all layer calls, in the order of the forward pass."""
    rows = {index: row for row, index in enumerate(numbers.slots)}
    forward: dict[int, ForwardSignal] = {}
    found = []
    for index, raw in enumerate(numbers.calls):
        row = rows.get(index)
        backward = None
        if row is not None:
            sums = _by_name(raw, numbers.forward[row])
            forward[index] = _forward(raw, sums, forward)
            backward = _backward(raw, sums, numbers.backward[row], numbers.loss_scale)
        found.append(_call(index, raw, forward.get(index), backward))
    return tuple(found)


def _by_name(raw: RawCall, found: Mapping[str, Array]) -> Sums:
    wide = {name: np.asarray(value, np.float64) for name, value in found.items()}
    return {**wide, **dict(zip(raw.rows, wide["rows"], strict=True))}


def is_finite(numbers: StepNumbers) -> bool:
    """Tell whether a plain pass saw finite values only; if not, a careful one is due."""
    seen = [*(v for sums in numbers.forward for v in sums.values()),
            *(row for row in numbers.backward if row is not None)]  # fmt: skip
    return all(bool(np.isfinite(values).all()) for values in seen)


def _call(
    index: int, raw: RawCall, forward: ForwardSignal | None, backward: BackwardSignal | None
) -> LayerCall:
    layer = raw.part.layer
    return LayerCall(
        index=index,
        path=raw.part.path,
        call=raw.call,
        class_name=type(layer).__name__,
        role=raw.part.role,
        activation=raw.part.activation,
        trainable=bool(layer.trainable),
        weights=tuple(weight.name for weight in layer.weights),
        inputs=raw.inputs,
        forward=forward,
        backward=backward,
        hidden=raw.hidden,
    )


def _forward(raw: RawCall, sums: Sums, before: Mapping[int, ForwardSignal]) -> ForwardSignal:
    nonfinite = round(float(sums["nonfinite"].sum())) if "nonfinite" in sums else 0
    count = max(math.prod(raw.shape) - nonfinite, 1)
    largest = float(sums["largest"])
    square, mean = float(sums["square"].sum()) / count, float(sums["sum"].sum()) / count
    rms = largest * math.sqrt(square)
    source = _source(raw, sums, before)
    masked = nonfinite if raw.part.activation in statistics.SIGMOID_LIKE else 0
    bounded = raw.part.role != "recurrent" and "soft" in sums
    return ForwardSignal(
        shape=raw.shape,
        rms=rms,
        mean=largest * mean,
        std=largest * math.sqrt(_variance(sums, math.prod(raw.shape))),
        largest=largest,
        zero_share=_finite_share(sums["zeros"], nonfinite, count),
        nonfinite=nonfinite,
        units=int(raw.shape[raw.unit_axis]) if len(raw.shape) > 1 else 1,
        dead_units=int(np.sum(sums["peaks"] <= 0)) if "peaks" in sums else 0,
        gain=rms / source if source else None,
        similarity=_similarity(sums) if len(raw.shape) > 1 and raw.shape[0] > 1 else None,
        saturated_soft=_finite_share(sums["soft"], masked, count) if bounded else None,
        saturated_hard=_finite_share(sums["hard"], masked, count) if bounded else None,
        preactivation_rms=_preactivation(sums, math.prod(raw.shape)),
        attention_one_hot=_one_hot(sums),
    )


def _variance(sums: Sums, entries: int) -> float:
    """Return the variance within the samples plus that between their means.

    The mean square less the squared mean would be rounding where values hardly vary.
    """
    counts = np.full(len(sums["sum"]), entries / max(len(sums["sum"]), 1))
    counts = np.maximum(counts - sums.get("nonfinite", 0.0), 0.0)
    means = np.divide(sums["sum"], counts, out=np.zeros_like(counts), where=counts > 0)
    within = np.where(counts > 1, np.maximum(sums["square"] - counts * means**2, 0.0), 0.0)
    count = max(float(counts.sum()), 1.0)
    between = counts * (means - float(sums["sum"].sum()) / count) ** 2
    return float(within.sum() + between.sum()) / count


def _finite_share(total: Array, masked: int, count: int) -> float:
    """Return a share of the finite entries; the others stand as zeros in a careful pass."""
    return max(float(total.sum()) - masked, 0.0) / count


def _source(raw: RawCall, sums: Sums, before: Mapping[int, ForwardSignal]) -> float | None:
    if "source" in sums:
        return math.sqrt(float(sums["source"]))
    return before[raw.inputs[0]].rms if raw.inputs and raw.inputs[0] in before else None


def _preactivation(sums: Sums, count: int) -> float | None:
    if "before" not in sums:
        return None
    return math.sqrt(float(sums["before"].sum()) / count)


def _one_hot(sums: Sums) -> float | None:
    """Return the share of the queries that had a choice; None where none had."""
    sharp, free = sums.get("attention", (0.0, 0.0))
    return float(sharp / free) if free > 0 else None


def _similarity(sums: Sums) -> float:
    """Return the mean cosine between each sample and the one half a batch away."""
    norms = np.sqrt(sums["square"])
    products = norms * np.roll(norms, max(len(norms) // 2, 1))
    known = products > 0
    if not known.any():
        return 0.0
    return float(np.mean(sums["overlap"][known] / products[known]))


def _backward(raw: RawCall, sums: Sums, row: Array | None, scale: float) -> BackwardSignal | None:
    if row is None:
        return None
    named = dict(zip(statistics.BACKWARD, (float(value) for value in row), strict=True))
    if named["largest"] == 0 and named["zeros"] == 0 and named["nonfinite"] == 0:
        return None  # the token was never reached: no gradient path
    largest = named["largest"] / scale
    norm = largest * math.sqrt(named["square"])
    nonfinite, entries = round(named["nonfinite"]), math.prod(raw.shape)
    count = max(entries - nonfinite, 1)
    return BackwardSignal(
        rms=norm * math.sqrt(raw.shape[0] / count),
        norm=norm,
        largest=largest,
        zero_share=max(named["zeros"] * entries - nonfinite, 0.0) / count,
        nonfinite=nonfinite,
        flow=float(sums["largest"]) * largest * named["flow"],
    )
