"""Where NaN or infinity came up first within one step: the place to look at."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from gradmend.records.measurements import Measurements


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """`stage` is data, weight, forward, loss, backward, gradient or update; `path` names the thing.

    `before` is the largest magnitude just before it on the way, None where unknown.
    """

    stage: str
    path: str
    before: float | None = None


def first_nonfinite(m: Measurements) -> Origin | None:
    """Return the first place in the order of a training step, None when all is finite.

    The order: data, weights, layers from input to output, loss, layers from output to
    input, gradients of weights, updates of weights.

    Example:
        >>> from gradmend.records import LossFacts, Measurements, ModelFacts
        >>> model = ModelFacts(name="net", kind="Functional", layers=1, parameters=1,
        ...                    trainable_parameters=1, frozen_layers=0, precision="float32")
        >>> loss = LossFacts(total=float("nan"), data=float("nan"), penalty=0.0)
        >>> first_nonfinite(Measurements(backend="jax", keras_version="3", batch_size=1,
        ...                              batches=1, model=model, loss=loss)).stage
        'loss'
    """
    return next(_origins(m), None)


def _origins(m: Measurements) -> Iterator[Origin]:
    yield from _given(m)
    yield from _forward(m)
    yield from _backward(m)


def _given(m: Measurements) -> Iterator[Origin]:
    for tensor in (*m.inputs, *(o.target for o in m.outputs if o.target is not None)):
        if tensor.nonfinite:
            yield Origin(stage="data", path=tensor.name)
    for weight in m.weights:
        if weight.nonfinite:
            yield Origin(stage="weight", path=weight.path)


def _forward(m: Measurements) -> Iterator[Origin]:
    before: float | None = max(
        (max(abs(t.smallest), abs(t.largest)) for t in m.inputs), default=None
    )
    for call in m.calls:
        if call.forward is None:
            continue
        if call.forward.nonfinite:
            yield Origin(stage="forward", path=call.path, before=before)
        before = call.forward.largest
    if not math.isfinite(m.loss.total):
        yield Origin(stage="loss", path=m.model.name, before=before)


def _backward(m: Measurements) -> Iterator[Origin]:
    before: float | None = None
    for call in reversed(m.calls):
        if call.backward is None:
            continue
        if call.backward.nonfinite:
            yield Origin(stage="backward", path=call.path, before=before)
        before = call.backward.largest
    for weight in m.weights:
        if weight.gradient_nonfinite:
            yield Origin(stage="gradient", path=weight.path, before=before)
    for weight in m.weights:
        if weight.update_norm is not None and not math.isfinite(weight.update_norm):
            yield Origin(stage="update", path=weight.path, before=weight.gradient_largest)
