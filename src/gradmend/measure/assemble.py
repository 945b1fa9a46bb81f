"""Name and unscale the raw numbers of a step, and lay them down as records.

Here, in float64 on the host, sizes become largest · sqrt(mean square), which a
float32 device could not represent below 1e-19.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import keras

from gradmend.measure import statistics
from gradmend.measure._adapter import Array, StepNumbers
from gradmend.measure.anatomy import Part, fan_in, weight_role
from gradmend.measure.taps import RawCall
from gradmend.records.signals import BackwardSignal, ForwardSignal, LayerCall, WeightSignal


def layer_calls(numbers: StepNumbers) -> tuple[LayerCall, ...]:
    """Return the records of all layer calls, in the order of the forward pass."""
    rows = {index: row for row, index in enumerate(numbers.slots)}
    forward: dict[int, ForwardSignal] = {}
    found = []
    for index, raw in enumerate(numbers.calls):
        row = rows.get(index)
        backward = None
        if row is not None:
            named = _named(statistics.FORWARD, numbers.forward[row])
            forward[index] = _forward(raw, named, forward)
            backward = _backward(raw, named, numbers.backward[row], numbers.loss_scale)
        found.append(_call(index, raw, forward.get(index), backward))
    return tuple(found)


def _named(names: tuple[str, ...], row: Array) -> dict[str, float]:
    return dict(zip(names, (float(value) for value in row), strict=True))


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


def _forward(
    raw: RawCall, row: dict[str, float], before: dict[int, ForwardSignal]
) -> ForwardSignal:
    rms = row["largest"] * math.sqrt(row["square"])
    source = row["in_largest"] * math.sqrt(row["in_square"]) if raw.has_source else None
    if source is None and raw.inputs and raw.inputs[0] in before:
        source = before[raw.inputs[0]].rms
    saturating = raw.part.activation in {**statistics.TANH_LIKE, **statistics.SIGMOID_LIKE}
    saturating = saturating and raw.part.role != "recurrent"
    pre = row["pre_largest"] * math.sqrt(row["pre_square"]) if raw.has_before else None
    return ForwardSignal(
        shape=raw.shape,
        rms=rms,
        mean=row["largest"] * row["mean"],
        std=row["largest"] * math.sqrt(max(row["variance"], 0.0)),
        largest=row["largest"],
        zero_share=row["zeros"],
        nonfinite=round(row["nonfinite"]),
        units=int(raw.shape[raw.unit_axis]) if len(raw.shape) > 1 else 1,
        dead_units=round(row["dead"]),
        gain=rms / source if source else None,
        similarity=row["similarity"] if len(raw.shape) > 1 and raw.shape[0] > 1 else None,
        saturated_soft=row["soft"] if saturating else None,
        saturated_hard=row["hard"] if saturating else None,
        preactivation_rms=pre,
    )


def _backward(
    raw: RawCall, forward: dict[str, float], row: Array | None, scale: float
) -> BackwardSignal | None:
    if row is None:
        return None
    named = _named(statistics.BACKWARD, row)
    if named["largest"] == 0 and named["zeros"] == 0 and named["nonfinite"] == 0:
        return None  # the token was never reached: no gradient path
    largest = named["largest"] / scale
    return BackwardSignal(
        rms=largest * math.sqrt(named["square"]),
        norm=largest * math.sqrt(named["norm_square"]),
        largest=largest,
        zero_share=named["zeros"],
        nonfinite=round(named["nonfinite"]),
        flow=forward["largest"] * largest * named["flow"],
    )


def weight_signals(
    model: keras.Model, numbers: StepNumbers, owners: dict[int, Part]
) -> tuple[WeightSignal, ...]:
    """Return the records of all trainable weights, in the model's order."""
    return tuple(_weights(model, numbers, owners))


def _weights(
    model: keras.Model, numbers: StepNumbers, owners: dict[int, Part]
) -> Iterator[WeightSignal]:
    for index, variable in enumerate(model.trainable_variables):
        part = owners.get(id(variable))
        update = numbers.updates[index] if numbers.updates else None
        yield _weight(
            variable, part, model.name, numbers.weights[index], numbers.gradients[index],
            update, numbers.loss_scale,
        )  # fmt: skip


def _weight(
    variable: Any, part: Part | None, fallback: str,
    weight: Array, gradient: Array | None, update: Array | None, scale: float,
) -> WeightSignal:  # fmt: skip
    shape = tuple(int(size) for size in variable.shape)
    count = math.prod(shape)
    own = _named(statistics.WEIGHT, weight)
    rms = own["largest"] * math.sqrt(own["square"])
    norm = rms * math.sqrt(count)
    owner = fallback if part is None else part.path
    fan = None if part is None else fan_in(part.layer, variable.name, shape)
    moved = None if update is None else float(update[0]) * math.sqrt(float(update[1]) * count)
    return WeightSignal(
        path=f"{owner}/{variable.name}",
        layer=owner,
        role=weight_role(variable.name),
        shape=shape,
        trainable=bool(variable.trainable),
        norm=norm,
        rms=rms,
        mean=own["largest"] * own["mean"],
        largest=own["largest"],
        zero_share=own["zeros"],
        nonfinite=round(own["nonfinite"]),
        fan_in=fan,
        gain=None if fan is None else rms * math.sqrt(fan),
        update_norm=moved,
        update_ratio=moved / norm if moved is not None and norm > 0 else None,
        **_gradient(gradient, scale, count, norm),
    )


def _gradient(row: Array | None, scale: float, count: int, norm: float) -> dict[str, Any]:
    if row is None:
        return {}
    named = _named(statistics.GRADIENT, row)
    largest = named["largest"] / scale
    rms = largest * math.sqrt(named["square"])
    size = rms * math.sqrt(count)
    return {
        "gradient_norm": size,
        "gradient_rms": rms,
        "gradient_largest": largest,
        "gradient_zero_share": named["zeros"],
        "gradient_nonfinite": round(named["nonfinite"]),
        "relative_gradient": size / norm if norm > 0 else None,
    }
