"""Finds the first step that gave NaN or infinity, and keeps a way back to the one before.

Nothing is added to the step. The loss that Keras hands out anyway is looked at every few
steps (once NaN, it stays NaN); now and then the state is copied, as often as costs 0.5 % of the
time, and the batches since are kept. When the loss goes wrong, those steps are run again
from the copy, one by one.
"""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import keras

from gradmend.monitor.steps import Steps
from gradmend.monitor.steps.update import optimizers_of

MOST_STEPS = 512
FEWEST_STEPS = 8
MOST_BYTES = 256 * 2**20
READ_EVERY = 8
MOST_COST = 0.005


@dataclass(slots=True)
class BadStep:
    """The first step that went wrong, as running it again found it.

    `batch` and `before` (the state it began with) are None when it could not be found; then
    `step` is the last one known to be good plus one, and `good` that step's state.
    """

    step: int
    good: Any
    logs: Any
    batch: Any = None
    rest: tuple[Any, ...] = ()
    found: bool = True


class Guard:
    """Watches over the steps of one `fit`. Steps count from 1."""

    def __init__(self, model: Any, steps: Steps) -> None:
        self._steps = steps
        # A scaled loss may overflow: the optimizer then skips that update by itself.
        self._scaled = any(hasattr(one, "inner_optimizer") for one in optimizers_of(model))
        self._unread: deque[Any] = deque()
        self._latest: Any = None
        self._seen = 0
        self._copy: Any = None
        self._copied_at = 0
        self._limit = FEWEST_STEPS
        self._clock = time.perf_counter()
        self.active = True

    def begin_epoch(self) -> None:
        """Forget the way back: metrics begin afresh, so no step before can be run again."""
        self._unread.clear()
        self._latest = None
        self._steps.batches.clear()
        self._copy = None

    def observe(self, logs: Any) -> None:
        """Take in the logs of a step, without reading them."""
        if not self.active:
            self._steps.batches.clear()
            return
        value = loss_in(logs)
        self._latest = value.detach() if hasattr(value, "detach") else value
        self._seen += 1
        if value is not None and self._seen % READ_EVERY == 0:
            self._unread.append(self._latest)

    def trouble(self, *, wait: bool = False) -> bool:
        """Tell whether a loss that can be read by now is not finite."""
        found = wait and self._latest is not None and not math.isfinite(_number(self._latest))
        while self._unread and (wait or self._steps.ready(self._unread[0])):
            found = not math.isfinite(_number(self._unread.popleft())) or found
        return found and not self._scaled

    def keep(self, arguments: tuple[Any, ...] | None, taken: int) -> bool:
        """Copy the state when it is time to; tell whether it turned out to be bad."""
        if not self.active:
            return False
        if self._copy is not None and taken - self._copied_at < self._limit:
            return False
        if self.trouble(wait=True):
            return True
        start = time.perf_counter()
        copy, finite = self._steps.snapshot(arguments)
        if copy is None:  # not everything is built yet
            return False
        if not finite and self._copy is not None:
            return True
        self.active = finite  # weights that were bad before the first step are another matter
        steps = taken - self._copied_at if self._copy is not None else 0
        self._plan(time.perf_counter() - start, start - self._clock, steps)
        self.restart(copy, taken)
        return False

    def _plan(self, copying: float, since: float, steps: int) -> None:
        """Choose after how many steps to copy again."""
        if steps:
            wanted = copying * steps / (MOST_COST * max(since, 1e-9))
            self._limit = int(min(max(wanted, FEWEST_STEPS), MOST_STEPS))

    def bad_at_last(self) -> bool:
        """Wait for the last step, and tell whether loss or weights went wrong."""
        if not self.active or self._copy is None:
            return False
        return self.trouble(wait=True) or not self._steps.snapshot(None)[1]

    def restart(self, state: Any, taken: int) -> None:
        """Go on from a state that is good."""
        batches = self._steps.batches
        if batches:
            self._limit = max(1, min(self._limit, MOST_BYTES // max(_bytes(batches[-1]), 1)))
        batches.clear()
        self._unread.clear()
        self._latest = None
        self._copy, self._copied_at = state, taken
        self._clock = time.perf_counter()

    def find(self) -> BadStep:
        """Run the remembered steps again, up to the first that goes wrong."""
        lost = BadStep(self._copied_at + 1, self._copy, None, found=False)
        if self._copy is None:
            return lost
        batches = list(self._steps.batches)
        return self.follow(self._steps.copied(self._copy), batches, self._copied_at) or lost

    def follow(self, state: Any, batches: list[Any], taken: int) -> BadStep | None:
        """Run steps from a state; return the first bad one, or None with the state restarted."""
        logs = None
        for place, batch in enumerate(batches):
            before = self._steps.copied(state)
            new_logs, state = self._steps.again(state, batch)
            if self._is_bad(new_logs, state):
                rest = tuple(batches[place + 1 :])
                return BadStep(taken + place + 1, before, logs, batch, rest)
            logs = new_logs
        self._steps.batches.clear()
        self._unread.clear()
        self._latest = None
        self._followed = state
        return None

    @property
    def followed(self) -> Any:
        """The state in which `follow` ended well."""
        return self._followed

    def _is_bad(self, logs: Any, state: Any) -> bool:
        value = loss_in(logs)
        if value is not None and not self._scaled and not math.isfinite(_number(value)):
            return True
        return not self._steps.finite(state)


def loss_in(logs: Any) -> Any:
    """Return the loss among the logs of a step, or their first value, or None."""
    if not isinstance(logs, dict) or not logs:
        return None
    return logs.get("loss", next(iter(logs.values())))


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _bytes(batch: Any) -> int:
    leaves = [leaf for leaf in keras.tree.flatten(batch) if hasattr(leaf, "shape")]
    return sum(8 * math.prod(int(size) for size in leaf.shape) for leaf in leaves)
