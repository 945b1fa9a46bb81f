"""TensorFlow: `train_function(iterator) -> logs`, the batch drawn inside the graph.

The plain step is Keras' own `train_step` in Keras' own loop; it also returns the batch it
drew, so that a bad one can be shown. Where the batch cannot come out (several steps per
execution, replicas), the train function of Keras runs untouched and nothing is remembered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from gradmend.monitor.steps.reductions import reduced
from gradmend.monitor.steps.steps import Sampled
from gradmend.monitor.steps.update import (
    Layout,
    clip_of,
    effective_gradients,
    listened,
    optimizers_of,
    overridden,
    scale_of,
    variables_of,
)

State = list[Any]
SYNC_EVERY = 16


class Steps:
    """See `gradmend.monitor.steps.steps.Steps`."""

    def __init__(self, model: Any, original: Callable[..., Any]) -> None:
        self.model, self.original = model, original
        self.batches: list[Any] = []
        replicas = model.distribute_strategy.num_replicas_in_sync
        self.remembers = model.steps_per_execution == 1 and replicas == 1
        self._optimizers = optimizers_of(model)
        self._layout = Layout()
        self._replica = threading.local()  # each replica traces the step in a thread of its own
        self._plain = model._make_function(self._with_batch) if self.remembers else original
        self._instrumented = model._make_function(self._step)
        self._asked = 0

    def plain(self, arguments: tuple[Any, ...]) -> Any:
        result = self._plain(*arguments)
        if not self.remembers:
            return result
        logs, batch = result
        self.batches.append(batch)
        return logs

    def sampled(self, arguments: tuple[Any, ...]) -> tuple[Any, Sampled]:
        with overridden(self._optimizers, "apply", self._listened):
            logs, batch, updates = self._instrumented(*arguments)
        if self.remembers:
            self.batches.append(batch)
        return logs, Sampled(list(updates), self._layout)

    def snapshot(self, arguments: tuple[Any, ...] | None) -> tuple[State | None, bool]:
        if not self._built(arguments):
            return None, True
        state = [tf.identity(variable.value) for variable in self._variables()]
        return state, self.finite(state)

    def go_back(self, arguments: tuple[Any, ...] | None, state: State) -> tuple[Any, ...] | None:
        for variable, value in zip(self._variables(), state, strict=True):
            variable.assign(value)
        return arguments

    def again(self, state: State, batch: Any) -> tuple[Any, State]:
        self.go_back(None, state)
        logs, _ = self._plain([batch])
        return logs, [tf.identity(variable.value) for variable in self._variables()]

    def copied(self, state: State) -> State:
        return list(state)  # tensors never change

    def finite(self, state: State) -> bool:
        weights = state[: len(self.model.trainable_variables)]
        checks = [tf.reduce_all(tf.math.is_finite(w)) for w in weights if w.dtype.is_floating]
        return not checks or bool(tf.reduce_all(tf.stack(checks)))

    def weights(self, state: State) -> Iterator[tuple[str, NDArray[Any]]]:
        model = self.model
        variables = [*model.trainable_variables, *model.non_trainable_variables]
        for variable, value in zip(variables, state, strict=False):
            yield variable.path, np.asarray(value)

    def logs(self, result: Any) -> Any:
        return result

    def with_logs(self, result: Any, logs: Any) -> Any:
        return logs

    def stopped(self, arguments: tuple[Any, ...], logs: Any) -> Any:
        return logs

    def ready(self, value: Any) -> bool:
        if "CPU" in getattr(value, "device", "CPU"):
            return True
        self._asked += 1
        return self._asked % SYNC_EVERY == 0

    def _built(self, arguments: tuple[Any, ...] | None) -> bool:
        """Build what Keras would build in its first step: a copy must have all of the state."""
        if self.model.optimizer.built or arguments is None or not self.remembers:
            return bool(self.model.optimizer.built)
        try:
            self.model._symbolic_build(data_batch=arguments[0].element_spec)
        except Exception:  # noqa: BLE001  # a step of the user's own builds in its own way
            return False
        return True

    def _with_batch(self, batch: Any) -> Any:
        return self.model.train_step(batch), batch

    def _step(self, batch: Any) -> Any:
        caught = self._replica.caught = []
        logs = self.model.train_step(batch)
        self._layout.variables = [variables for _, variables, _ in caught]
        self._layout.clips = [clip for _, _, clip in caught]
        return logs, batch if self.remembers else (), tuple(numbers for numbers, _, _ in caught)

    def _listened(self, optimizer: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        return listened(optimizer, original, self._before, self._note, self._layout)

    def _before(self, optimizer: Any, grads: list[Any], variables: list[Any]) -> tuple[Any, ...]:
        """Return what must be read before the update."""
        pairs = [
            (tf.convert_to_tensor(gradient), variable)  # slices of an embedding become dense
            for gradient, variable in zip(grads, variables, strict=True)
            if gradient is not None and not getattr(variable, "overwrite_with_gradient", False)
        ]
        kept = [variable for _, variable in pairs]
        dense = _over_replicas([gradient for gradient, _ in pairs])
        effective, scale, updated = dense, scale_of(optimizer, _value_of), 1.0
        if optimizer.built:
            effective, scale, updated = effective_gradients(optimizer, dense, kept, _value_of)
        return kept, effective, scale, updated, [tf.identity(_value_of(v)) for v in kept]

    def _note(
        self, optimizer: Any, variables: Any, grads: Any, scale: Any, updated: Any, before: Any
    ) -> None:
        after = [_value_of(variable) for variable in variables]
        clip = clip_of(optimizer)
        limit = clip.limit * scale if clip and clip.kind == "clipvalue" else None
        numbers = reduced(grads, before, after, limit, _quick)
        vector = tf.stack([tf.cast(scale, "float32"), tf.cast(updated, "float32")])
        self._replica.caught.append(((numbers, vector), variables, clip))

    def _variables(self) -> list[Any]:
        return variables_of(self.model, self._optimizers)


def _quick(gradient: Any, before: Any, after: Any, limit: float | None) -> list[Any]:
    """Return the numbers of `reductions.QUICK`: what costs here is the count of operations."""
    gradient, before, after = (_single(value) for value in (gradient, before, after))
    size = tf.cast(tf.size(gradient), gradient.dtype)
    largest = tf.reduce_max(tf.abs(gradient))
    beyond = tf.zeros_like(largest)
    if limit is not None:
        beyond = tf.math.count_nonzero(tf.abs(gradient) > limit, dtype=gradient.dtype)
    return [
        largest,
        2.0 * tf.nn.l2_loss(gradient),
        size - tf.math.count_nonzero(gradient, dtype=gradient.dtype),
        beyond,
        2.0 * tf.nn.l2_loss(after),
        2.0 * tf.nn.l2_loss(after - before),
    ]


def _single(value: Any) -> Any:
    return value if value.dtype in (tf.float32, tf.float64) else tf.cast(value, tf.float32)


def _value_of(variable: Any) -> Any:
    """Read the present value, in order with the assignments around it."""
    inner = getattr(variable, "value", variable)
    return inner.read_value() if hasattr(inner, "read_value") else tf.convert_to_tensor(inner)


def _over_replicas(gradients: list[Any]) -> list[Any]:
    """Sum over replicas, as the optimizer will: each of them sees its share of the batch."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1 or not gradients:
        return gradients
    return list(context.all_reduce(tf.distribute.ReduceOp.SUM, gradients))
