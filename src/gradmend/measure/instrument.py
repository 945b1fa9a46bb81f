"""A model bound to one batch: look once, or rehearse a few optimizer steps on copies."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

from gradmend.measure._adapter import Adapter, StepNumbers, adapter
from gradmend.measure._copies import optimizer_copy
from gradmend.measure.anatomy import parts_of, weight_owners
from gradmend.measure.assemble import is_finite, layer_calls
from gradmend.measure.batch import batches_of, fixed_batch_size
from gradmend.measure.combine import combined
from gradmend.measure.facts import (
    input_facts,
    model_facts,
    optimizer_facts,
    output_facts,
    weight_facts,
)
from gradmend.measure.loss import trivial_sum
from gradmend.measure.own_step import OwnStep, has_own_step
from gradmend.measure.preserve import preserved
from gradmend.measure.readiness import (
    loss_is_in_own_step,
    made_ready,
    refuse_impossible_labels,
    translated,
    with_possible_labels,
)
from gradmend.measure.step import Batch, prediction_spec, private_compile_loss
from gradmend.measure.time import time_signals
from gradmend.measure.unrolled import followed
from gradmend.measure.weights import weight_signals
from gradmend.records import LossFacts, Measurements, Rehearsal


class Instrument:
    """Measures one model on one batch; the model is left bit-for-bit as it was.

    The compiled step is kept, so every further look costs running time only.

    Args:
        model: A compiled Keras model. An unbuilt one is built, as `fit` would.
        batch: One batch, from `batches_of`.

    Raises:
        ModelError: not a Keras model, not compiled, without a loss.
        DataError: the batch does not fit the model.
    """

    def __init__(self, model: keras.Model, batch: Batch) -> None:
        self.notes = made_ready(model, batch)
        self.model, self.batch = model, batch
        self.parts = parts_of(model)
        self.spec = None if model._compile_loss is None else prediction_spec(model, batch.x)
        self._steps = model.optimizer is None or optimizer_copy(model) is not None
        self._careful = False
        self._computable = self._batch_that_can_be_computed()
        self._own_step = loss_is_in_own_step(model)
        self._adapter: Adapter | None = None
        self._first: Measurements | None = None
        self._followed = False

    def look(self, *, through_time: bool = False) -> Measurements:
        """Measure the batch at the model's own weights (first call), and return the record.

        `through_time` also unrolls every recurrent layer; see `gradmend.measure.unrolled`.
        """
        if self._first is None:
            with self._looking() as container:
                self._first = self._measurements(self._step(), container)
        if through_time and not self._followed:
            self._followed = True
            with self._looking():
                self._first = followed(self.model, self.parts, self.batch, self._first)
        return self._first

    def rehearse(self, steps: int) -> Rehearsal:
        """Take `steps` optimizer steps on copies, on this batch, and follow the data loss."""
        first = self.look()
        losses = [first.loss.data]
        if steps < 1 or self._own_step:
            return Rehearsal(losses=tuple(losses))
        with self._looking():
            for _ in range(steps - 1):
                numbers = self._step(losses_only=True)
                losses.append(numbers.total - numbers.penalty)
            numbers = self._step()
            losses.append(numbers.total - numbers.penalty)
        return Rehearsal(
            losses=tuple(losses),
            calls=layer_calls(numbers),
            weights=weight_signals(self.model, numbers, weight_owners(self.parts)),
        )

    def step_loss(self) -> float:
        """Take one measured step on the copies and return its data loss; the rest stays behind."""
        with self._looking():
            numbers = self._step(losses_only=True)
        return numbers.total - numbers.penalty

    def refuse_impossible_labels(self) -> None:
        """Raise DataError when an integer target names a class the model has no unit for."""
        refuse_impossible_labels(self.model, self.batch, self.spec)

    @contextmanager
    def _looking(self) -> Iterator[Any]:
        with (
            preserved(self.model, weights=self._own_step),
            private_compile_loss(self.model, self.batch, self.spec) as container,
            translated(self.model, self.batch),
        ):
            yield container

    def _step(self, *, losses_only: bool = False) -> StepNumbers:
        """Take a plain step; where it met something non-finite, take the first one carefully."""
        if self._adapter is None:
            self._adapter = self._fresh()
            numbers = self._adapter.step()
            if is_finite(numbers):
                return numbers
            self._adapter = self._fresh()
            self._careful = True
        return self._adapter.step(careful=self._careful, losses_only=losses_only)

    def _fresh(self) -> Adapter:
        if self._own_step:
            return OwnStep(self.model, self.parts, self._computable)
        return adapter(self.model, self.parts, self._computable, optimizer_copy(self.model))

    def _batch_that_can_be_computed(self) -> Batch:
        if keras.backend.backend() == "jax" or self.spec is None:
            return self.batch
        return with_possible_labels(self.model, self.batch, self.spec)

    def _measurements(self, numbers: StepNumbers, container: Any) -> Measurements:
        y, sample_weight = self.batch.y, self.batch.sample_weight
        outputs = output_facts(self.model, container, numbers, y, sample_weight)
        return Measurements(
            backend=keras.backend.backend(),
            keras_version=keras.__version__,
            batch_size=self.batch.size,
            batches=1,
            model=model_facts(self.model, self.parts),
            loss=self._loss(numbers, container),
            calls=layer_calls(numbers),
            weights=weight_signals(self.model, numbers, weight_owners(self.parts)),
            times=time_signals(numbers),
            inputs=input_facts(self.model, self.batch.x),
            sample_weights=weight_facts(sample_weight),
            outputs=outputs,
            optimizer=optimizer_facts(self.model.optimizer),
            notes=(*self.notes, *self._unseen(numbers)),
        )

    def _loss(self, numbers: StepNumbers, container: Any) -> LossFacts:
        if self._computable.y is not self.batch.y:  # training raises: there is no loss
            return LossFacts(total=math.nan, data=math.nan, penalty=numbers.penalty)
        return LossFacts(
            total=numbers.total,
            data=numbers.total - numbers.penalty,
            penalty=numbers.penalty,
            trivial=trivial_sum(
                container, self.batch.y, numbers.prediction, self.batch.sample_weight
            ),
        )

    def _unseen(self, numbers: StepNumbers) -> Iterator[str]:
        seen = {call.part.path for call in numbers.calls}
        idle = [p.path for p in self.parts if p.tapped and p.path not in seen and p.layer.weights]
        for path in idle:
            yield f"'{path}' was not called, or ran inside another layer's loop: not measured."
        if self._own_step:
            yield "the loss is in the model's own train_step: that was run once, eagerly."
        elif has_own_step(self.model):
            yield "the model has its own train_step: the compiled loss was measured, not that."
        if self._computable.y is not self.batch.y:
            yield "training raises on these labels: they were moved into range to measure the rest."
        if not self._steps:
            yield "the optimizer could not be copied: the size of a step is not known."


def measure(
    model: keras.Model,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    batches: int = 1,
    through_time: bool = False,
) -> Measurements:
    """Measure one batch, forward and backward, and one optimizer step on copies.

    The model, its optimizer, its metrics and all random states are bit-for-bit what
    they were, also when something raises.

    Args:
        model: A compiled Keras model.
        x: Arrays (any structure Keras takes), or a dataset, loader or generator, of
            which the first batches are read.
        y: Targets, when `x` is arrays.
        sample_weight: As in `fit`.
        batch_size: Rows per batch for arrays; default 256, spread over all rows.
        batches: How many batches to combine, by the median of every number.
        through_time: Also unroll every recurrent layer: exact gradients of its states,
            gates, Lyapunov exponent. Costs time in proportion to the number of steps.

    Returns:
        The immutable record; see `gradmend.records.Measurements`.

    Raises:
        ModelError: not a Keras model, not compiled, without a loss.
        DataError: empty or unreadable data, or shapes that do not fit the model.
        BackendError: a Keras backend that cannot compute gradients.

    Example:
        >>> import keras, numpy as np
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> found = measure(model, np.ones((8, 4)), np.zeros((8, 1)))
        >>> found.calls[0].path == model.layers[0].name
        True

    References:
        Glorot & Bengio (2010); He et al. (2015); Philipp et al. (2017) for the flow.
    """
    batch_size = fixed_batch_size(model) or batch_size
    stream = batches_of(x, y, sample_weight, batch_size=batch_size)
    chosen = itertools.islice(stream, max(batches, 1))
    return combined([Instrument(model, batch).look(through_time=through_time) for batch in chosen])
