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
# Between these the squares of float32 have lost nothing that would show in their sum.
LEAST_NORM, MOST_NORM = 1e-12, 1e15
LONGEST_SUM = 2**16


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
        self._memory: dict[int, list[Any]] = {}

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
        values = [variable.value.detach() for variable in kept]
        return kept, columns, scale, updated, self._copies(optimizer, values)

    def _copies(self, optimizer: Any, values: list[Any]) -> list[Any]:
        """Copy weights; into the memory of the last copy, for fresh memory costs more than that."""
        before = self._memory.get(id(optimizer), [])
        fits = [(b.shape, b.dtype) for b in before] == [(v.shape, v.dtype) for v in values]
        if not fits:
            before = [torch.empty_like(value) for value in values]
        if not any(value.is_cuda for value in values):  # there memory is reused anyway
            self._memory[id(optimizer)] = before
        torch._foreach_copy_(before, values)
        return before

    def _note(
        self, optimizer: Any, variables: Any, columns: Any, scale: Any, updated: Any, before: Any
    ) -> None:
        after = [variable.value.detach() for variable in variables]
        torch._foreach_sub_(before, after)  # the copies are ours: they become the change
        # A change of exactly zero is believed where the gradient is zero too.
        change = torch.square(_norms(before, still=columns[0] == 0))
        weights = torch.square(_norms(after))
        columns = [*columns, weights, torch.ones_like(change), change]
        assert len(columns) == len(COLUMNS)  # noqa: S101  # the order is that of the other backends
        flag = torch.as_tensor(updated, dtype=torch.float64, device=scale.device)
        self._caught.append((torch.stack(columns, dim=1), torch.stack([scale.double(), flag])))
        self._layout.variables.append(variables)
        self._layout.clips.append(clip_of(optimizer))

    def _variables(self) -> list[Any]:
        return variables_of(self.model, self._optimizers)


def _gradient_columns(gradients: list[Any], limit: Any) -> list[Any]:
    largest = _largest(gradients)
    bad = torch.zeros_like(largest)
    if not bool(torch.isfinite(largest).all()):
        gradients, bad = _cleaned(gradients)
        largest = _largest(gradients)
    safe = torch.where(largest > 0, largest, torch.ones_like(largest))
    square = torch.square(_norms(gradients, still=largest == 0) / safe)
    zeros = torch.stack([g.numel() - torch.count_nonzero(g) for g in gradients])
    beyond = torch.zeros_like(zeros)
    if limit is not None:
        beyond = torch.stack([torch.count_nonzero(g.abs() > limit) for g in gradients])
    # The entries set to zero for the norm were counted as non-finite already.
    return [largest, square, (zeros - bad).double(), bad.double(), beyond.double()]


def _cleaned(gradients: list[Any]) -> tuple[list[Any], Any]:
    """Return the gradients with zeros for what is not finite, and how many those are."""
    finite = [torch.isfinite(gradient) for gradient in gradients]
    clean = [g.where(f, torch.zeros_like(g)) for g, f in zip(gradients, finite, strict=True)]
    return clean, torch.stack([f.numel() - torch.count_nonzero(f) for f in finite])


def _largest(values: list[Any]) -> Any:
    """Return the largest magnitude of each, NaN where one is in it."""
    lowest, highest = zip(*(torch.aminmax(value) for value in values), strict=True)
    return torch.maximum(torch.stack(lowest).abs(), torch.stack(highest).abs()).double()


def _norms(values: list[Any], still: Any = None) -> Any:
    """Return the norms in float64; `still` says of which an exact zero may be believed."""
    if all(value.dtype == torch.float32 and not value.is_cuda for value in values):
        norms = _quick_norms(values)
        sound = (norms > LEAST_NORM) & (norms < MOST_NORM)
        nothing = norms == 0
        sound |= nothing if still is None else nothing & still
        if bool(sound.all()):
            return norms
    # In float64 squares of float32 neither vanish nor overflow.
    return torch.stack(torch._foreach_norm(values, 2, dtype=torch.float64))


def _quick_norms(values: list[Any]) -> Any:
    """Return norms taken in float32, a third of the time: long sums are cut into short ones."""
    pieces = [value.reshape(-1).split(LONGEST_SUM) for value in values]
    flat = torch._foreach_norm([piece for group in pieces for piece in group], 2)
    squares = torch.stack(flat).double().square()
    if len(flat) == len(values):
        return squares.sqrt()
    owners = torch.tensor([place for place, group in enumerate(pieces) for _ in group])
    return squares.new_zeros(len(values)).index_add_(0, owners, squares).sqrt()


def _random_state() -> tuple[Any, list[Any]]:
    devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    return torch.get_rng_state(), devices
