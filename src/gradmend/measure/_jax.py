"""The measured step on JAX: one jitted function of explicit state."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import keras

from gradmend.measure import statistics
from gradmend.measure._adapter import StepNumbers, by_slot, host, host_or_none, unscaling
from gradmend.measure._copies import build_on
from gradmend.measure._jax_taps import (
    DryProbe,
    EagerProbe,
    ForwardProbe,
    TokenProbe,
    Tokens,
    TooFewTokensError,
)
from gradmend.measure.anatomy import Part
from gradmend.measure.recorder import Recorder
from gradmend.measure.stacks import Stack, Waiting, stacked
from gradmend.measure.step import Batch, training_loss
from gradmend.measure.taps import attached

__all__ = ["EagerProbe", "ForwardProbe", "Step", "forward_only"]


def forward_only(function: Any) -> Any:
    """Return a function of tensors that is only ever run forward, compiled."""
    return jax.jit(function)


class Step:
    """See `gradmend.measure._adapter.Adapter`. State lives in four lists of arrays."""

    def __init__(
        self, model: keras.Model, parts: tuple[Part, ...], batch: Batch, optimizer: Any
    ) -> None:
        self.model, self.parts, self.batch, self.optimizer = model, parts, batch, optimizer
        self.trainable = [v.value for v in model.trainable_variables]
        self.non_trainable = [v.value for v in model.non_trainable_variables]
        build_on(optimizer, model.optimizer, model.trainable_variables)
        self.slots = [v.value for v in optimizer.variables] if optimizer is not None else []
        self.capacity = 2 * len(parts) + 8
        self.static = StepNumbers()
        self._waiting: list[Waiting] = []
        self._places: list[tuple[int, ...]] = []
        eager = bool(model.run_eagerly)
        self._run = self._measured if eager else jax.jit(self._measured, static_argnums=(4, 5))
        self._laid_out = self._dry_run()

    def step(self, *, careful: bool = False, losses_only: bool = False) -> StepNumbers:
        raw = None
        while raw is None:
            try:
                raw = self._call(careful)
            except TooFewTokensError:
                self.capacity *= 2
        old = self.trainable
        self.trainable, self.non_trainable, self.slots = raw.pop("state")
        if losses_only:
            return StepNumbers(total=float(raw["total"]), penalty=float(raw["penalty"]))
        return self._numbers(raw, old)

    def _call(self, careful: bool) -> dict[str, Any]:
        batch = (self.batch.x, self.batch.y, self.batch.sample_weight)
        with warnings.catch_warnings():  # Keras' and the user's own warnings come at fit
            warnings.simplefilter("ignore")
            raw: dict[str, Any] = self._run(
                self.trainable, self.non_trainable, self.slots, batch, careful, self.capacity
            )
        return raw

    def _dry_run(self) -> DryProbe:
        """Trace the forward pass alone, to learn for which outputs tokens have to be laid out."""
        probe = DryProbe()

        def dry(trainable: Any, non_trainable: Any, x: Any) -> Any:
            probe.__init__()  # type: ignore[misc]  # a retrace starts anew
            with attached(self.parts, Recorder(probe)):
                kwargs = {"training": True} if self.model._call_has_training_arg else {}
                return self.model.stateless_call(trainable, non_trainable, x, **kwargs)[0]

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            jax.eval_shape(dry, self.trainable, self.non_trainable, self.batch.x)
        return probe

    def _tokens(self, capacity: int) -> Tokens:
        dtype = jnp.float64 if keras.config.floatx() == "float64" else jnp.float32
        small = self._laid_out.small
        return Tokens(
            numbers=jnp.zeros((capacity, len(statistics.BACKWARD)), dtype),
            curves=[jnp.zeros((2, steps), dtype) for steps in self._laid_out.lengths],
            whole={slot: jnp.zeros(like.shape, like.dtype) for slot, like in small.items()},
            reached={slot: jnp.zeros(()) for slot in small},
        )

    def _measured(
        self,
        trainable: Any,
        non_trainable: Any,
        slots: Any,
        data: Any,
        careful: bool,
        capacity: int,
    ) -> dict[str, Any]:
        x, y, sample_weight = data
        batch = Batch(x, y, sample_weight, self.batch.size)

        def loss_of(values: Any, tokens: Tokens) -> Any:
            recorder = Recorder(TokenProbe(tokens, careful), careful)
            with attached(self.parts, recorder):
                found = training_loss(self.model, values, non_trainable, batch)
            self.static = StepNumbers(
                recorder.calls, recorder.slots, recorder.curves, recorder.heads(found.prediction)
            )
            self._waiting = [replace(one, value=None, before=None) for one in recorder.waiting]
            masks = [curve.mask for curve in recorder.curves]
            waiting = [(one.value, one.before) for one in recorder.waiting]
            aux = (found.total, found.penalty, found.prediction, found.non_trainable,
                   recorder.forward, masks, waiting)  # fmt: skip
            return self._scaled(found.total, slots), aux

        grad = jax.value_and_grad(loss_of, argnums=(0, 1), has_aux=True)
        (scaled, aux), (gradients, on_tokens) = grad(trainable, self._tokens(capacity))
        total, penalty, prediction, new_non_trainable, forward, masks, waiting = aux
        new, new_slots = self._applied(slots, gradients, trainable)
        return {
            "state": (new, new_non_trainable, new_slots),
            "total": total,
            "scaled": scaled,
            "penalty": penalty,
            "prediction": prediction,
            "forward": forward,
            "masks": masks,
            "backward": on_tokens.numbers,
            "curves": on_tokens.curves,
            "stacks": self._stacks(waiting, on_tokens, careful),
            "gradients": gradients,
        }

    def _stacks(self, waiting: list[Any], on_tokens: Tokens, careful: bool) -> list[Any]:
        kept = [
            replace(one, value=value, before=before)
            for one, (value, before) in zip(self._waiting, waiting, strict=True)
        ]
        stacks = stacked(kept, on_tokens.whole, careful=careful)
        self._places = [stack.slots for stack in stacks]
        # A row of zeros says, as that of an unused token does, that no gradient came.
        return [
            (stack.forward, stack.backward * _column(on_tokens.reached, stack.slots))
            for stack in stacks
        ]

    def _scaled(self, loss: Any, slots: Any) -> Any:
        if self.optimizer is None:
            return loss
        mapping = list(zip(self.optimizer.variables, slots, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return self.optimizer.scale_loss(loss)

    def _applied(self, slots: Any, gradients: Any, trainable: Any) -> Any:
        if self.optimizer is None or not trainable:
            return trainable, slots
        return self.optimizer.stateless_apply(slots, gradients, trainable)

    def _numbers(self, raw: dict[str, Any], old: list[Any]) -> StepNumbers:
        static = self.static
        raw = jax.device_get(raw)
        stacks = [
            Stack(slots, sums, slots, slopes)
            for slots, (sums, slopes) in zip(self._places, raw["stacks"], strict=True)
        ]
        rows = list(raw["backward"])
        reduced = [rows[slot] if slot < len(rows) else None for slot in range(len(static.slots))]
        forward, backward = by_slot(raw["forward"], reduced, stacks)
        return StepNumbers(
            calls=static.calls,
            slots=static.slots,
            curves=static.curves,
            heads=static.heads,
            forward=forward,
            backward=backward,
            curve_values=[host(curve) for curve in raw["curves"]],
            masks=[host_or_none(mask) for mask in raw["masks"]],
            weights=[host(weight) for weight in old],
            gradients=[host(gradient) for gradient in raw["gradients"]],
            updated=[host(w) for w in self.trainable] if self.optimizer is not None else [],
            total=float(raw["total"]),
            penalty=float(raw["penalty"]),
            prediction=raw["prediction"],
            loss_scale=unscaling(float(raw["total"]), float(raw["scaled"])),
        )


def _column(flags: dict[int, Any], slots: tuple[int, ...]) -> Any:
    return jnp.stack([flags[slot] for slot in slots])[:, None]
