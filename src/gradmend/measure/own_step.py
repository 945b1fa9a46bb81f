"""Measure a model whose loss lives in a `train_step` of its own, by running that step once.

It runs eagerly, with every layer tapped and every optimizer held still: what the
step hands to `Optimizer.apply` are its gradients, and nothing is updated. What it
writes besides (metrics, moving averages, seeds) is put back by `preserved`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import keras
import numpy as np
from keras import tree

from gradmend.errors import MeasurementError, teach
from gradmend.measure._adapter import Array, StepNumbers, host, host_or_none
from gradmend.measure._copies import build_on, optimizer_copy
from gradmend.measure.anatomy import Part
from gradmend.measure.recorder import Recorder
from gradmend.measure.step import Batch
from gradmend.measure.taps import attached


def has_own_step(model: keras.Model) -> bool:
    """Tell whether the model overrides `train_step`."""
    return type(model).train_step is not keras.Model.train_step


class OwnStep:
    """See `gradmend.measure._adapter.Adapter`; it takes one look and no further steps."""

    def __init__(self, model: keras.Model, parts: tuple[Part, ...], batch: Batch) -> None:
        self.model, self.parts, self.batch = model, parts, batch

    def step(self, *, careful: bool = False, losses_only: bool = False) -> StepNumbers:
        """Run the model's own step and read the gradients it hands to its optimizers."""
        backend = import_module(f"gradmend.measure._{keras.backend.backend()}")
        probe = backend.EagerProbe(careful)
        recorder = Recorder(probe, careful)
        with _held_optimizers() as caught, _kept_gradients(self.model):
            with attached(self.parts, recorder), _built_optimizer(self.model):
                logs = self._run()
            loss = _loss_of(logs)
            weights = [host(v.value) for v in self.model.trainable_variables]
            return StepNumbers(
                calls=recorder.calls,
                slots=recorder.slots,
                curves=recorder.curves,
                forward=[{k: host(v) for k, v in sums.items()} for sums in recorder.forward],
                backward=[host_or_none(probe.backward.get(i)) for i in range(len(recorder.slots))],
                curve_values=[
                    host_or_none(probe.curves.get(i)) for i in range(len(recorder.curves))
                ],
                masks=[host_or_none(curve.mask) for curve in recorder.curves],
                weights=weights,
                gradients=_by_variable(self.model, caught, weights),
                total=loss,
            )

    def _run(self) -> Any:
        data = (self.batch.x, self.batch.y, self.batch.sample_weight)
        given = tuple(part for part in data if part is not None)
        batch = given[0] if len(given) == 1 else given
        if keras.backend.backend() != "jax":
            return self.model.train_step(batch)
        state = tuple(
            [variable.value for variable in variables]
            for variables in (
                self.model.trainable_variables,
                self.model.non_trainable_variables,
                self.model.optimizer.variables if self.model.optimizer is not None else [],
                self.model.metrics_variables,
            )
        )
        return self.model.train_step(state, batch)[0]


@contextmanager
def _held_optimizers() -> Iterator[list[tuple[Any, Any]]]:
    """Catch (variable, gradient) pairs on their way into any Keras optimizer, and go no further."""
    caught: list[tuple[Any, Any]] = []
    base = keras.optimizers.Optimizer
    owner = next(cls for cls in base.__mro__ if "apply" in vars(cls))
    original = vars(owner)["apply"]

    def held(optimizer: Any, grads: Any, trainable_variables: Any = None) -> Any:
        variables = trainable_variables
        if variables is None:
            variables = optimizer._trainable_variables
        caught.extend(zip(variables, grads, strict=False))
        return optimizer.iterations

    owner.apply = held
    try:
        yield caught
    finally:
        owner.apply = original


@contextmanager
def _built_optimizer(model: keras.Model) -> Iterator[None]:
    """Lend the model a built copy of an unbuilt optimizer: a stateless step asks for one."""
    own = model.optimizer
    copy = None if own is None or own.built else optimizer_copy(model)
    if copy is None:
        yield
        return
    build_on(copy, own, model.trainable_variables)
    object.__setattr__(model, "optimizer", copy)
    try:
        yield
    finally:
        object.__setattr__(model, "optimizer", own)


@contextmanager
def _kept_gradients(model: keras.Model) -> Iterator[None]:
    """Put back the `.grad` of PyTorch parameters, which a backward pass adds to."""
    if keras.backend.backend() != "torch":
        yield
        return
    kept = [(variable.value, variable.value.grad) for variable in model.trainable_variables]
    for parameter, _ in kept:
        parameter.grad = None
    try:
        yield
    finally:
        for parameter, gradient in kept:
            parameter.grad = gradient


def _by_variable(
    model: keras.Model, caught: list[tuple[Any, Any]], weights: list[Array]
) -> list[Array]:
    found = {id(variable): gradient for variable, gradient in caught if gradient is not None}
    if not found:
        raise MeasurementError(_no_gradients(model))
    return [
        host(keras.ops.convert_to_tensor(found[id(variable)]))
        if id(variable) in found
        else np.zeros_like(weight)
        for variable, weight in zip(model.trainable_variables, weights, strict=True)
    ]


def _loss_of(logs: Any) -> float:
    """Return the loss among the step's logs: 'loss', or the first number."""
    if isinstance(logs, dict) and logs:
        chosen = logs.get("loss", logs.get("total_loss", next(iter(logs.values()))))
    else:
        chosen = next(iter(tree.flatten(logs)), None)
    return float("nan") if chosen is None else float(host(keras.ops.convert_to_tensor(chosen)))


def _no_gradients(model: keras.Model) -> str:
    return teach(
        f"the train_step of '{model.name}' handed no gradients to a Keras optimizer.",
        expected="optimizer.apply(...), apply_gradients(...) or stateless_apply(...) in train_step",
        received="a train_step that updates weights in another way",
        means="it steps a torch.optim or optax optimizer, or assigns the weights itself.",
        attempt="call self.optimizer.apply(gradients, self.trainable_variables) there.",
    )
