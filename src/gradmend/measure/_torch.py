"""The measured step on PyTorch: eager, over copies of the trainable variables."""

from __future__ import annotations

import warnings
from typing import Any

import keras
import torch

from gradmend.measure import statistics
from gradmend.measure._adapter import StepNumbers, host, host_or_none, unscaling
from gradmend.measure._copies import advance, build_on, copies_of
from gradmend.measure.anatomy import Part
from gradmend.measure.recorder import Recorder
from gradmend.measure.step import Batch, training_loss
from gradmend.measure.taps import attached


class _Probe:
    """Taps are tensor hooks that reduce the gradient as it passes."""

    def __init__(self, careful: bool) -> None:
        self.careful = careful
        self.backward: dict[int, Any] = {}
        self.curves: dict[int, Any] = {}
        self.starts: list[Any] = []  # where a gradient path begins without a trainable weight

    def reachable(self, value: Any) -> bool:
        return not torch._C._functorch.is_batchedtensor(value)

    def seen(self, value: Any) -> Any:
        return value

    def forward_statistics(self, value: Any, activation: str | None, before: Any) -> Any:
        return statistics.forward_statistics(value, activation, before, careful=self.careful)

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


class ForwardProbe(_Probe):
    """Sees what flows forward, and taps nothing."""

    def tap(self, value: Any, norms: Any, slot: int) -> Any:
        return value

    def tap_steps(self, value: Any, slot: int) -> Any:
        return value


def forward_only(function: Any) -> Any:
    """Return a function of tensors that is only ever run forward."""
    return torch.no_grad()(function)


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
            return self._measured(careful, losses_only)

    def _measured(self, careful: bool, losses_only: bool) -> StepNumbers:
        probe = _Probe(careful)
        recorder = Recorder(probe, careful)
        leaves = [copy.value.detach().requires_grad_() for copy in self.copies]
        with attached(self.parts, recorder):
            found = training_loss(self.model, leaves, self.non_trainable, self.batch)
        scaled = found.total
        if self.optimizer is not None:
            scaled = self.optimizer.scale_loss(found.total)
        gradients = _gradients(scaled, leaves, probe.starts)
        stepped = self.optimizer is not None
        with torch.no_grad():
            old = [] if losses_only else [leaf.detach().clone() for leaf in leaves]
            advance(self.optimizer, gradients, self.copies)
            self.non_trainable = [_detached(value) for value in found.non_trainable]
            if losses_only:
                return StepNumbers(total=float(found.total), penalty=float(found.penalty))
            return StepNumbers(
                calls=recorder.calls,
                slots=recorder.slots,
                curves=recorder.curves,
                heads=recorder.heads(found.prediction),
                forward=[{k: host(v) for k, v in sums.items()} for sums in recorder.forward],
                backward=[host_or_none(probe.backward.get(i)) for i in range(len(recorder.slots))],
                curve_values=[
                    host_or_none(probe.curves.get(i)) for i in range(len(recorder.curves))
                ],
                masks=[host_or_none(curve.mask) for curve in recorder.curves],
                weights=[host(weight) for weight in old],
                gradients=[host(gradient) for gradient in gradients],
                updated=[host(c.value.detach()).copy() for c in self.copies] if stepped else [],
                total=float(found.total),
                penalty=float(found.penalty),
                prediction=keras.tree.map_structure(_detached, found.prediction),
                loss_scale=unscaling(float(found.total), float(scaled)),
            )


def _gradients(loss: Any, leaves: list[Any], starts: list[Any]) -> list[Any]:
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
