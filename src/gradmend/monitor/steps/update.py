"""What passes through an optimizer in one step: gradients in, weights before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
from keras import ops


@dataclass(frozen=True, slots=True)
class Clip:
    """How an optimizer clips: by which argument, and at which limit."""

    kind: str
    limit: float


@dataclass(slots=True)
class Layout:
    """The static side of a sampled step, filled in while it is traced.

    One entry per call of an optimizer: the variables it updated, and its clipping.
    """

    variables: list[list[Any]] = field(default_factory=list)
    clips: list[Clip | None] = field(default_factory=list)
    trouble: str | None = None


def optimizers_of(model: Any) -> list[Any]:
    """Return the optimizers a model holds: the compiled one, and those of its own."""
    found = [model.optimizer, *vars(model).values()]
    kept = [one for one in found if isinstance(one, keras.optimizers.Optimizer)]
    return list({id(one): one for one in kept}.values())


def variables_of(model: Any, optimizers: list[Any]) -> list[Any]:
    """Return everything a step may change: the trainable weights first, then the others."""
    slots = [variable for optimizer in optimizers for variable in optimizer.variables]
    return [
        *model.trainable_variables,
        *model.non_trainable_variables,
        *slots,
        *model.metrics_variables,
    ]


def innermost(optimizer: Any) -> Any:
    """Return the optimizer that clips and updates, inside a `LossScaleOptimizer`."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def clip_of(optimizer: Any) -> Clip | None:
    """Return how an optimizer clips, None when it does not."""
    inner = innermost(optimizer)
    for kind in ("clipnorm", "global_clipnorm", "clipvalue"):
        limit = getattr(inner, kind, None)
        if limit and limit > 0:
            return Clip(kind, float(limit))
    return None


def scale_of(optimizer: Any, value_of: Callable[[Any], Any]) -> Any:
    """Return the factor by which the gradients handed to an optimizer are too large."""
    if hasattr(optimizer, "inner_optimizer"):
        return value_of(optimizer.dynamic_scale) if optimizer.built else optimizer.initial_scale
    return optimizer.loss_scale_factor or 1.0


def effective_gradients(
    optimizer: Any, gradients: list[Any], variables: list[Any], value_of: Callable[[Any], Any]
) -> tuple[list[Any], Any, Any]:
    """Return the gradients an update is made of, their scale, and whether there is one.

    With gradient accumulation the step that updates uses the mean over all accumulated
    ones; the other steps return their own gradients, and "no update".
    """
    scale = scale_of(optimizer, value_of)
    inner = innermost(optimizer)
    steps = inner.gradient_accumulation_steps
    if not steps:
        return gradients, scale, 1.0
    updates = ops.equal((value_of(inner._iterations) + 1) % steps, 0)
    sums = [
        value_of(inner._accumulated_gradients[inner._get_variable_index(variable)])
        for variable in variables
    ]
    mean = [
        ops.where(updates, (g / scale + ops.cast(s, g.dtype)) / steps, g / scale)
        for g, s in zip(gradients, sums, strict=True)
    ]
    return mean, 1.0, ops.cast(updates, "float32")


@contextmanager
def overridden(
    optimizers: list[Any], method: str, wrap: Callable[[Any, Callable[..., Any]], Any]
) -> Iterator[None]:
    """Let `wrap(optimizer, original)` stand in for a method of each instance, for a while."""
    with ExitStack() as undo:
        for optimizer in optimizers:
            # Past Keras' attribute tracking: nothing of ours may be tracked or saved.
            kept = vars(optimizer).get(method)
            vars(optimizer)[method] = wrap(optimizer, getattr(optimizer, method))
            undo.callback(_put_back, optimizer, method, kept)
        yield


def listened(
    optimizer: Any,
    original: Callable[..., Any],
    before: Callable[..., tuple[Any, ...]],
    after: Callable[..., None],
    layout: Layout,
) -> Callable[..., Any]:
    """Return `apply` with a look before the update and one after.

    `before(optimizer, gradients, variables)` returns what `after(optimizer, ...)` is given.
    Trouble in either is noted in `layout`; the update is made all the same.
    """

    def apply(grads: Any, trainable_variables: Any = None) -> Any:
        grads = list(grads)
        variables = optimizer._trainable_variables
        if trainable_variables is not None:
            variables = trainable_variables = list(trainable_variables)
        noted = None
        try:
            noted = before(optimizer, grads, variables)
        except Exception as error:  # noqa: BLE001  # nothing of ours may end a training
            layout.trouble = repr(error)
        result = original(grads, trainable_variables)
        try:
            if noted is not None:
                after(optimizer, *noted)
        except Exception as error:  # noqa: BLE001  # nothing of ours may end a training
            layout.trouble = repr(error)
        return result

    return apply


def _put_back(optimizer: Any, method: str, kept: Any) -> None:
    if kept is None:
        vars(optimizer).pop(method, None)
    else:
        vars(optimizer)[method] = kept
