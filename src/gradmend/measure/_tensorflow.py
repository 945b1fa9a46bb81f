"""The measured step on TensorFlow: one tf.function over copies of the trainable variables."""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from gradmend.measure import statistics
from gradmend.measure._adapter import StepNumbers, by_slot, host, host_or_none, unscaling
from gradmend.measure._copies import advance, build_on, copies_of
from gradmend.measure.anatomy import Part
from gradmend.measure.recorder import Recorder
from gradmend.measure.stacks import Stack, is_small, stacked
from gradmend.measure.step import Batch, training_loss
from gradmend.measure.taps import attached


class _Probe:
    """Taps whose backward pass appends the statistics to lists of the same graph."""

    def __init__(self, tape: Any, careful: bool) -> None:
        self.tape, self.careful = tape, careful
        self.starts: list[Any] = []  # differentiated too, so that taps before frozen layers see
        self.backward: dict[int, Any] = {}
        self.curves: dict[int, Any] = {}
        self.whole: dict[int, Any] = {}
        self.graph = tf.compat.v1.get_default_graph() if not tf.executing_eagerly() else None

    def reachable(self, value: Any) -> bool:
        return getattr(value, "graph", None) is self.graph if self.graph is not None else True

    def seen(self, value: Any) -> Any:
        return value

    def forward_statistics(self, value: Any, activation: str | None, before: Any) -> Any:
        return statistics.forward_statistics(value, activation, before, careful=self.careful)

    def tap_whole(self, value: Any, slot: int) -> Any:
        if not is_small(value):
            return None

        @tf.custom_gradient
        def identity(tensor: Any) -> Any:
            def back(gradient: Any) -> Any:
                self.whole[slot] = tf.convert_to_tensor(gradient)  # may come as slices
                return gradient

            return tf.identity(tensor), back

        return identity(self._watched(value))

    def tap(self, value: Any, norms: Any, slot: int) -> Any:
        @tf.custom_gradient
        def identity(tensor: Any) -> Any:
            def back(gradient: Any) -> Any:
                self.backward[slot] = statistics.backward_statistics(
                    gradient, norms, careful=self.careful
                )
                return gradient

            return tf.identity(tensor), back

        return identity(self._watched(value))

    def tap_steps(self, value: Any, slot: int) -> Any:
        @tf.custom_gradient
        def identity(tensor: Any) -> Any:
            def back(gradient: Any) -> Any:
                self.curves[slot] = statistics.curve_statistics(gradient)
                return gradient

            return tf.identity(tensor), back

        return identity(self._watched(value))

    def _watched(self, value: Any) -> Any:
        self.tape.watch(value)
        self.starts.append(value)
        return value


class EagerProbe(_Probe):
    """Taps under a tape of the user's, which watches what it watches."""

    def __init__(self, careful: bool) -> None:
        super().__init__(None, careful)

    def reachable(self, value: Any) -> bool:
        return tf.is_tensor(value) and hasattr(value, "numpy")

    def _watched(self, value: Any) -> Any:
        return value

    def tap_whole(self, value: Any, slot: int) -> Any:
        return None


class ForwardProbe(EagerProbe):
    """Sees what flows forward, and taps nothing."""

    def tap(self, value: Any, norms: Any, slot: int) -> Any:
        return value

    def tap_steps(self, value: Any, slot: int) -> Any:
        return value


def forward_only(function: Any) -> Any:
    """Return a function of tensors that is only ever run forward."""
    return function


class Step:
    """See `gradmend.measure._adapter.Adapter`. State lives in copies of the variables."""

    def __init__(
        self, model: keras.Model, parts: tuple[Part, ...], batch: Batch, optimizer: Any
    ) -> None:
        self.model, self.parts, self.batch, self.optimizer = model, parts, batch, optimizer
        self.copies = copies_of(model.trainable_variables)
        build_on(optimizer, model.optimizer, self.copies)
        self.non_trainable = [tf.identity(v.value) for v in model.non_trainable_variables]
        self.static = StepNumbers()
        self._places: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        self._eager = bool(model.run_eagerly)
        self._traced: dict[bool, Any] = {}

    def step(self, *, careful: bool = False, losses_only: bool = False) -> StepNumbers:
        batch = (self.batch.x, self.batch.y, self.batch.sample_weight)
        weights = [] if losses_only else [host(copy.value) for copy in self.copies]
        with warnings.catch_warnings():  # Keras' and the user's own warnings come at fit
            warnings.simplefilter("ignore")
            raw = self._function(careful, batch)(self.non_trainable, batch)
        self.non_trainable = raw.pop("state")
        if losses_only:
            return StepNumbers(total=float(raw["total"]), penalty=float(raw["penalty"]))
        return self._numbers(raw, weights)

    def _function(self, careful: bool, batch: Any) -> Any:
        """Return the step; a concrete function, whose calls TensorFlow takes for no retracing."""
        measured = partial(self._measured, careful)
        if self._eager:
            return measured
        if careful not in self._traced:
            traced = tf.function(measured, autograph=False)
            self._traced[careful] = traced.get_concrete_function(self.non_trainable, batch)
        return self._traced[careful]

    def _measured(self, careful: bool, non_trainable: Any, data: Any) -> dict[str, Any]:
        x, y, sample_weight = data
        batch = Batch(x, y, sample_weight, self.batch.size)
        old = [tf.identity(copy.value) for copy in self.copies]
        with tf.GradientTape() as tape:
            tape.watch(old)
            probe = _Probe(tape, careful)
            recorder = Recorder(probe, careful)
            with attached(self.parts, recorder):
                found = training_loss(self.model, old, non_trainable, batch)
            scaled = found.total
            if self.optimizer is not None:
                scaled = self.optimizer.scale_loss(found.total)
        found_gradients = tape.gradient(scaled, [*old, *probe.starts])
        gradients = [_dense(g, w) for g, w in zip(found_gradients, old, strict=False)]
        advance(self.optimizer, gradients, self.copies)
        count = len(recorder.slots)
        stacks = stacked(recorder.waiting, probe.whole, careful=careful)
        self.static = StepNumbers(
            recorder.calls, recorder.slots, recorder.curves, recorder.heads(found.prediction)
        )
        self._places = [(stack.slots, stack.reached) for stack in stacks]
        return {
            "stacks": [(stack.forward, stack.backward) for stack in stacks],
            "state": found.non_trainable,
            "total": found.total,
            "scaled": scaled,
            "penalty": found.penalty,
            "prediction": found.prediction,
            "forward": recorder.forward,
            "masks": [curve.mask for curve in recorder.curves],
            "backward": [probe.backward.get(slot) for slot in range(count)],
            "curves": [probe.curves.get(slot) for slot in range(len(recorder.curves))],
            "gradients": gradients,
        }

    def _numbers(self, raw: dict[str, Any], weights: list[Any]) -> StepNumbers:
        stepped = self.optimizer is not None
        stacks = [
            Stack(slots, sums, reached, rows)
            for (slots, reached), (sums, rows) in zip(self._places, raw["stacks"], strict=True)
        ]
        forward, backward = by_slot(raw["forward"], raw["backward"], stacks)
        return StepNumbers(
            calls=self.static.calls,
            slots=self.static.slots,
            curves=self.static.curves,
            heads=self.static.heads,
            forward=forward,
            backward=backward,
            curve_values=[host_or_none(row) for row in raw["curves"]],
            masks=[host_or_none(mask) for mask in raw["masks"]],
            weights=weights,
            gradients=[host(gradient) for gradient in raw["gradients"]],
            updated=[host(copy.value) for copy in self.copies] if stepped else [],
            total=float(raw["total"]),
            penalty=float(raw["penalty"]),
            prediction=raw["prediction"],
            loss_scale=unscaling(float(raw["total"]), float(raw["scaled"])),
        )


def _dense(gradient: Any, weight: Any) -> Any:
    """Embedding gradients come as slices, unreached weights as None."""
    if gradient is None:
        return tf.zeros_like(weight)
    return tf.convert_to_tensor(gradient)
