"""The measured step on PyTorch: eager, over copies of the trainable variables."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import keras
import torch

from gradmend.measure import statistics
from gradmend.measure._adapter import StepNumbers, by_slot, host, host_or_none, unscaling
from gradmend.measure._copies import advance, build_on, copies_of
from gradmend.measure.anatomy import Part
from gradmend.measure.recorder import Recorder
from gradmend.measure.stacks import is_small, stacked
from gradmend.measure.step import Batch, StepLoss, training_loss
from gradmend.measure.taps import attached


class _Probe:
    """Taps are tensor hooks that reduce the gradient as it passes."""

    def __init__(self, careful: bool) -> None:
        self.careful = careful
        self.backward: dict[int, Any] = {}
        self.curves: dict[int, Any] = {}
        self.whole: dict[int, Any] = {}
        self.starts: list[Any] = []  # where a gradient path begins without a trainable weight

    def reachable(self, value: Any) -> bool:
        return not torch._C._functorch.is_batchedtensor(value)

    def seen(self, value: Any) -> Any:
        return value

    def forward_statistics(self, value: Any, activation: str | None, before: Any) -> Any:
        return statistics.forward_statistics(value, activation, before, careful=self.careful)

    def tap_whole(self, value: Any, slot: int) -> Any:
        return None

    def tap(self, value: Any, norms: Any, slot: int) -> Any:
        def hook(gradient: Any) -> None:
            self.backward[slot] = statistics.backward_statistics(
                gradient, norms, careful=self.careful
            )

        return self._hooked(value, hook)

    def tap_steps(self, value: Any, slot: int) -> Any:
        def hook(gradient: Any) -> None:
            self.curves[slot] = statistics.curve_statistics(gradient)

        return self._hooked(value, hook)

    def _hooked(self, value: Any, hook: Any) -> Any:
        """Return a view with the hook: a layer that returns its input keeps two taps."""
        if not value.requires_grad:
            value = value.detach().requires_grad_()
            self.starts.append(value)
        view = value.view_as(value)
        view.register_hook(hook)
        return view


EagerProbe = _Probe


class _StackingProbe(_Probe):
    """Keeps small values and gradients whole, to reduce those of one shape together."""

    def __init__(self, careful: bool) -> None:
        super().__init__(careful)
        self._versions: list[tuple[Any, int]] = []

    def tap_whole(self, value: Any, slot: int) -> Any:
        if not is_small(value):
            return None
        self._versions.append((value, value._version))

        def hook(gradient: Any) -> None:
            self.whole[slot] = gradient

        return self._hooked(value, hook)

    @property
    def overwritten(self) -> bool:
        """Whether a layer has written into the output of another one, which was still waiting."""
        return any(value._version != version for value, version in self._versions)


class ForwardProbe(_Probe):
    """Sees what flows forward, and taps nothing."""

    def tap(self, value: Any, norms: Any, slot: int) -> Any:
        return value

    def tap_steps(self, value: Any, slot: int) -> Any:
        return value


def forward_only(function: Any) -> Any:
    """Return a function of tensors that is only ever run forward."""
    return torch.no_grad()(function)


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass forward and backward has left on the device."""

    loss: StepLoss
    scaled: Any
    leaves: list[Any]
    gradients: list[Any]


class Step:
    """See `gradmend.measure._adapter.Adapter`. State lives in copies of the variables."""

    def __init__(
        self, model: keras.Model, parts: tuple[Part, ...], batch: Batch, optimizer: Any
    ) -> None:
        self.model, self.parts, self.batch, self.optimizer = model, parts, batch, optimizer
        self.copies = copies_of(model.trainable_variables)
        build_on(optimizer, model.optimizer, self.copies)
        self.non_trainable = [v.value.detach().clone() for v in model.non_trainable_variables]

    def step(self, *, careful: bool = False, losses_only: bool = False) -> StepNumbers:
        with warnings.catch_warnings(), torch.enable_grad():
            warnings.simplefilter("ignore")  # Keras' and the user's own warnings come at fit
            return self._losses() if losses_only else self._measured(careful)

    def _losses(self) -> StepNumbers:
        done = self._passed()
        with torch.no_grad():
            self._advance(done)
        return StepNumbers(total=float(done.loss.total), penalty=float(done.loss.penalty))

    def _measured(self, careful: bool) -> StepNumbers:
        stacking = _StackingProbe(careful)
        probe: _Probe = stacking
        recorder = Recorder(probe, careful)
        done = self._passed(recorder, probe.starts)
        if stacking.overwritten:
            probe = EagerProbe(careful)
            recorder = Recorder(probe, careful)
            done = self._passed(recorder, probe.starts)
        with torch.no_grad():
            numbers = self._numbers(done, recorder, probe)
            self._advance(done)
        if self.optimizer is not None:
            numbers.updated = [host(copy.value.detach()).copy() for copy in self.copies]
        return numbers

    def _passed(self, recorder: Recorder | None = None, starts: Sequence[Any] = ()) -> _Pass:
        """Go forward and backward once; nothing is advanced."""
        leaves = [copy.value.detach().requires_grad_() for copy in self.copies]
        with nullcontext() if recorder is None else attached(self.parts, recorder):
            found = training_loss(self.model, leaves, self.non_trainable, self.batch)
        scaled = found.total
        if self.optimizer is not None:
            scaled = self.optimizer.scale_loss(found.total)
        return _Pass(found, scaled, leaves, _gradients(scaled, leaves, starts))

    def _advance(self, done: _Pass) -> None:
        advance(self.optimizer, done.gradients, self.copies)
        self.non_trainable = [_detached(value) for value in done.loss.non_trainable]

    def _numbers(self, done: _Pass, recorder: Recorder, probe: _Probe) -> StepNumbers:
        total = float(done.loss.total)
        count = range(len(recorder.slots))
        stacks = stacked(recorder.waiting, probe.whole, careful=probe.careful)
        forward, backward = by_slot(
            recorder.forward, [probe.backward.get(slot) for slot in count], stacks
        )
        return StepNumbers(
            calls=recorder.calls,
            slots=recorder.slots,
            curves=recorder.curves,
            heads=recorder.heads(done.loss.prediction),
            forward=forward,
            backward=backward,
            curve_values=[host_or_none(probe.curves.get(i)) for i in range(len(recorder.curves))],
            masks=[host_or_none(curve.mask) for curve in recorder.curves],
            weights=[host(leaf.detach()).copy() for leaf in done.leaves],
            gradients=[host(gradient) for gradient in done.gradients],
            total=total,
            penalty=float(done.loss.penalty),
            prediction=keras.tree.map_structure(_detached, done.loss.prediction),
            loss_scale=unscaling(total, float(done.scaled)),
        )


def _gradients(loss: Any, leaves: list[Any], starts: Sequence[Any]) -> list[Any]:
    """Differentiate without touching any `.grad`; unreached weights get zeros.

    `starts` are differentiated too, so that the hooks before frozen layers fire.
    """
    if not loss.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    found = torch.autograd.grad(loss, [*leaves, *starts], allow_unused=True)
    return [
        torch.zeros_like(leaf) if gradient is None else gradient
        for gradient, leaf in zip(found, leaves, strict=False)
    ]


def _detached(value: Any) -> Any:
    return value.detach() if isinstance(value, torch.Tensor) else value
