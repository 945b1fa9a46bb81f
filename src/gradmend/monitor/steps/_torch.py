"""PyTorch: `train_function([batch]) -> logs`, eager."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from numpy.typing import NDArray

from gradmend.monitor.steps.reductions import COLUMNS
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

State = tuple[list[Any], Any]
SYNC_EVERY = 16


class Steps:
    """See `gradmend.monitor.steps.steps.Steps`. A state holds values and the random state."""

    remembers = True

    def __init__(self, model: Any, original: Callable[..., Any]) -> None:
        self.model, self.original = model, original
        self.batches: list[Any] = []
        self._optimizers = optimizers_of(model)
        self._layout = Layout()
        self._caught: list[tuple[Any, Any]] = []
        self._asked = 0

    def plain(self, arguments: tuple[Any, ...]) -> Any:
        self.batches.append(arguments[0][0])
        return self.original(*arguments)

    def sampled(self, arguments: tuple[Any, ...]) -> tuple[Any, Sampled]:
        batch = arguments[0][0]
        self.batches.append(batch)
        self._caught, self._layout = [], Layout()
        with overridden(self._optimizers, "apply", self._listened):
            # The step that `original` runs, uncompiled: a compiled one would not see the change.
            logs = self.model.train_step(batch)
        return logs, Sampled(self._caught, self._layout)

    def snapshot(self, arguments: tuple[Any, ...] | None) -> tuple[State, bool]:
        state = self.copied(([v.value.detach() for v in self._variables()], _random_state()))
        return state, self.finite(state)

    def go_back(self, arguments: tuple[Any, ...] | None, state: State) -> tuple[Any, ...] | None:
        values, seeds = state
        with torch.no_grad():
            for variable, value in zip(self._variables(), values, strict=True):
                variable.value.copy_(value)
        torch.set_rng_state(seeds[0])
        if seeds[1]:
            torch.cuda.set_rng_state_all(seeds[1])
        return arguments

    def again(self, state: State, batch: Any) -> tuple[Any, State]:
        self.go_back(None, state)
        logs = self.original([batch])
        return logs, self.snapshot(None)[0]

    def copied(self, state: State) -> State:
        return [value.clone() for value in state[0]], state[1]

    def finite(self, state: State) -> bool:
        weights = state[0][: len(self.model.trainable_variables)]
        floats = [w.detach() for w in weights if w.is_floating_point()]
        if not floats:
            return True
        return bool(torch.stack([torch.isfinite(w).all() for w in floats]).all())

    def weights(self, state: State) -> Iterator[tuple[str, NDArray[Any]]]:
        model = self.model
        variables = [*model.trainable_variables, *model.non_trainable_variables]
        for variable, value in zip(variables, state[0], strict=False):
            single = value.float() if value.dtype == torch.bfloat16 else value
            yield variable.path, single.cpu().numpy()

    def logs(self, result: Any) -> Any:
        return result

    def with_logs(self, result: Any, logs: Any) -> Any:
        return logs

    def stopped(self, arguments: tuple[Any, ...], logs: Any) -> Any:
        return logs

    def ready(self, value: Any) -> bool:
        if not getattr(value, "is_cuda", False):
            return True
        self._asked += 1
        return self._asked % SYNC_EVERY == 0

    def _listened(self, optimizer: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        before, after = torch.no_grad()(self._before), torch.no_grad()(self._note)
        return listened(optimizer, original, before, after, self._layout)

    def _before(self, optimizer: Any, grads: list[Any], variables: list[Any]) -> tuple[Any, ...]:
        """Return what must be read before the update."""
        pairs = [
            (gradient, variable)
            for gradient, variable in zip(grads, variables, strict=True)
            if gradient is not None and not getattr(variable, "overwrite_with_gradient", False)
        ]
        kept = [variable for _, variable in pairs]
        effective, updated = [gradient for gradient, _ in pairs], 1.0
        scale = scale_of(optimizer, lambda variable: variable.value)
        if optimizer.built:
            effective, scale, updated = effective_gradients(
                optimizer, effective, kept, lambda variable: variable.value
            )
        clip = clip_of(optimizer)
        limit = clip.limit * scale if clip and clip.kind == "clipvalue" else None
        # In place updates follow: the gradients are reduced now, the weights copied.
        columns = _gradient_columns(effective, limit)
        scale = torch.as_tensor(scale).detach().clone()
        copies = [variable.value.detach().clone() for variable in kept]
        return kept, columns, scale, updated, copies

    def _note(
        self, optimizer: Any, variables: Any, columns: Any, scale: Any, updated: Any, before: Any
    ) -> None:
        after = [variable.value.detach() for variable in variables]
        changes = torch._foreach_sub(after, before)
        squares = _squares(changes)
        columns = [*columns, _squares(after), torch.ones_like(squares), squares]
        assert len(columns) == len(COLUMNS)  # noqa: S101  # the order is that of the other backends
        flag = torch.as_tensor(updated, dtype=torch.float64, device=scale.device)
        self._caught.append((torch.stack(columns, dim=1), torch.stack([scale.double(), flag])))
        self._layout.variables.append(variables)
        self._layout.clips.append(clip_of(optimizer))

    def _variables(self) -> list[Any]:
        return variables_of(self.model, self._optimizers)


def _gradient_columns(gradients: list[Any], limit: Any) -> list[Any]:
    gradients, bad = _cleaned(gradients)
    zeros = torch.stack([g.numel() - torch.count_nonzero(g) for g in gradients])
    beyond = torch.zeros_like(zeros)
    if limit is not None:
        beyond = torch.stack([torch.count_nonzero(g.abs() > limit) for g in gradients])
    # The entries set to zero for the norm were counted as non-finite already.
    return [*_norm_columns(gradients), (zeros - bad).double(), bad.double(), beyond.double()]


def _cleaned(gradients: list[Any]) -> tuple[list[Any], Any]:
    """Return the gradients with zeros for what is not finite, and how many those are."""
    norms = _norms(gradients)
    if bool(torch.isfinite(norms).all()):
        return gradients, torch.zeros_like(norms)
    finite = [torch.isfinite(gradient) for gradient in gradients]
    clean = [g.where(f, torch.zeros_like(g)) for g, f in zip(gradients, finite, strict=True)]
    return clean, torch.stack([f.numel() - torch.count_nonzero(f) for f in finite])


def _norm_columns(values: list[Any]) -> list[Any]:
    """Return the largest magnitudes, and the sums of squares in their units."""
    ends = [torch.stack(torch.aminmax(value)).abs().max() for value in values]
    largest = torch.stack(ends).double()
    safe = torch.where(largest > 0, largest, torch.ones_like(largest))
    return [largest, torch.square(_norms(values) / safe)]


def _squares(values: list[Any]) -> Any:
    return torch.square(_norms(values))


def _norms(values: list[Any]) -> Any:
    # In float64 squares of float32 neither vanish nor overflow, and it costs no more.
    return torch.stack(torch._foreach_norm(values, 2, dtype=torch.float64))


def _random_state() -> tuple[Any, list[Any]]:
    devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    return torch.get_rng_state(), devices
