"""JAX: `train_function(state, iterator) -> (logs, state)`, the state passed by value."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from keras.src.distribution import distribution_lib
from numpy.typing import NDArray

from gradmend.monitor.steps.reductions import reduced
from gradmend.monitor.steps.steps import Sampled
from gradmend.monitor.steps.update import (
    Layout,
    clip_of,
    effective_gradients,
    innermost,
    optimizers_of,
    overridden,
)

State = tuple[Any, ...]
GROUPS = (
    "trainable_variables",
    "non_trainable_variables",
    "optimizer_variables",
    "metrics_variables",
)


@jax.jit
def _copied(state: State) -> State:
    copies: State = jax.tree.map(jnp.copy, state)
    return copies


@jax.jit
def _all_finite(weights: Any) -> Any:
    checks = [jnp.all(jnp.isfinite(w)) for w in weights if jnp.issubdtype(w.dtype, jnp.inexact)]
    return jnp.all(jnp.stack(checks)) if checks else jnp.array([]).all()


class Steps:
    """See `gradmend.monitor.steps.steps.Steps`."""

    remembers = True

    def __init__(self, model: Any, original: Callable[..., Any]) -> None:
        self.model, self.original = model, original
        self.batches: list[Any] = []
        self._optimizers = optimizers_of(model)
        self._layout = Layout()
        self._caught: list[tuple[Any, Any]] = []
        self._compiled: Callable[..., Any] | None = None

    def plain(self, arguments: tuple[Any, ...]) -> Any:
        state, iterator = arguments
        return self.original(state, self._seen(iterator))

    def sampled(self, arguments: tuple[Any, ...]) -> tuple[Any, Sampled]:
        state, iterator = arguments
        batch = next(self._seen(iterator))
        with overridden(self._optimizers, "stateless_apply", self._listened):
            logs, state, updates = self._instrumented(state)(state, batch)
        result = logs, state
        if self.model.steps_per_execution > 1:
            rest = itertools.islice(self._seen(iterator), self.model.steps_per_execution - 1)
            with contextlib.suppress(StopIteration):  # the epoch may end with the first of a group
                result = self.original(state, rest)
        return result, Sampled(updates, self._layout)

    def snapshot(self, arguments: tuple[Any, ...] | None) -> tuple[State, bool]:
        state = self._state() if arguments is None else arguments[0]
        return self.copied(state), self.finite(state)

    def go_back(self, arguments: tuple[Any, ...] | None, state: State) -> tuple[Any, ...] | None:
        if arguments is not None:
            # What Keras writes into the model, should the training end right here.
            self.model._jax_state = dict(zip(GROUPS, state, strict=True))
            return (state, *arguments[1:])
        for variables, values in zip(self._variables(), state, strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        return None

    def again(self, state: State, batch: Any) -> tuple[Any, State]:
        logs, state = self.original(state, iter([batch]))
        return logs, state

    def copied(self, state: State) -> State:
        copies: State = _copied(state)
        return copies

    def finite(self, state: State) -> bool:
        return bool(_all_finite(state[0]))

    def weights(self, state: State) -> Iterator[tuple[str, NDArray[Any]]]:
        for variables, values in zip(self._variables()[:2], state, strict=False):
            for variable, value in zip(variables, values, strict=True):
                yield variable.path, np.asarray(value)

    def logs(self, result: Any) -> Any:
        return result[0]

    def with_logs(self, result: Any, logs: Any) -> Any:
        return (logs, result[1])

    def stopped(self, arguments: tuple[Any, ...], logs: Any) -> Any:
        return logs, arguments[0]

    def ready(self, value: Any) -> bool:
        return bool(value.is_ready()) if hasattr(value, "is_ready") else True

    def _seen(self, iterator: Iterator[Any]) -> Iterator[Any]:
        for batch in iterator:
            self.batches.append(batch)
            yield batch

    def _instrumented(self, state: State) -> Callable[..., Any]:
        if self.model.run_eagerly or not self.model.jit_compile:
            return self._step
        if self._compiled is None:
            shardings = None
            if distribution_lib.distribution() is not None:
                shardings = (None, jax.tree.map(lambda value: value.sharding, state), None)
            self._compiled = jax.jit(self._step, donate_argnums=0, out_shardings=shardings)
        return self._compiled

    def _step(self, state: State, batch: Any) -> tuple[Any, State, Any]:
        self._caught, self._layout.variables, self._layout.clips = [], [], []
        logs, state = self.model.train_step(state, batch)
        return logs, state, self._caught

    def _listened(self, optimizer: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        def stateless_apply(optimizer_variables: Any, grads: Any, trainable_variables: Any) -> Any:
            result = original(optimizer_variables, grads, trainable_variables)
            try:
                self._note(optimizer, optimizer_variables, grads, trainable_variables, result[0])
            except Exception as error:  # noqa: BLE001  # nothing of ours may end a training
                self._layout.trouble = repr(error)
            return result

        return stateless_apply

    def _note(self, optimizer: Any, slots: Any, grads: Any, before: Any, after: Any) -> None:
        values = {id(v): s for v, s in zip(optimizer.variables, slots, strict=True)}
        variables = innermost(optimizer)._trainable_variables
        kept = [
            i
            for i, variable in enumerate(variables)
            if grads[i] is not None and not getattr(variable, "overwrite_with_gradient", False)
        ]
        variables = [variables[i] for i in kept]
        # The barrier keeps the compiler from fusing what follows into the update.
        grads, before, after = jax.lax.optimization_barrier(
            tuple([list(values)[i] for i in kept] for values in (grads, before, after))
        )
        grads, scale, updated = effective_gradients(
            optimizer, grads, variables, lambda variable: values[id(variable)]
        )
        clip = clip_of(optimizer)
        limit = clip.limit if clip and clip.kind == "clipvalue" else None
        numbers = reduced(grads, before, after, None if limit is None else limit * scale)
        self._caught.append((numbers, jnp.stack([jnp.asarray(scale, "float32"), updated])))
        self._layout.variables.append(variables)
        self._layout.clips.append(clip)

    def _variables(self) -> tuple[list[Any], ...]:
        model = self.model
        return (
            model.trainable_variables,
            model.non_trainable_variables,
            model.optimizer.variables,
            model.metrics_variables,
        )

    def _state(self) -> State:
        return tuple([variable.value for variable in group] for group in self._variables())
