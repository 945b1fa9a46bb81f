"""Follows the loss of a training without slowing it down.

The step hands over `logs["loss"]`, the mean over the epoch so far, as a value on the
device. Reading it would wait for the step to finish, so only references are kept, at
steps that thin out geometrically, and they are read when an epoch is over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

MOST_WINDOWS = 200
DENSE_STEPS = 8
THINNING = 8


@dataclass(frozen=True, slots=True)
class Window:
    """The mean loss of `width` steps, of which `end` is the last."""

    end: int
    width: int
    mean: float


@dataclass(slots=True)
class Follower:
    """Turns the logs of each step into windows of mean loss.

    `running_mean` says whether `logs["loss"]` is the mean over the epoch so far, as in
    Keras' own train step, or the loss of the step alone. `rates` holds (steps taken before,
    learning rate), one entry for each time it was found changed.
    """

    running_mean: bool = True
    total_steps: int = 0
    epochs: int = 0
    windows: list[Window] = field(default_factory=list)
    first_nonfinite_step: int | None = None
    rates: list[tuple[int, float]] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    _epoch_steps: int = 0
    _next_mark: int = 1
    _marks: list[tuple[int, Any]] = field(default_factory=list)
    _latest: tuple[int, Any] | None = None

    def begin_epoch(self, rate: float | None = None) -> None:
        """Close the books of the epoch before: from here the mean starts afresh.

        `rate` is the learning rate that the epoch begins with; one that stays is kept once.
        """
        self.close()
        self._epoch_steps = 0
        if rate is not None and (not self.rates or self.rates[-1][1] != rate):
            self.rates.append((self.total_steps, rate))

    def end_epoch(self, logs: Any) -> None:
        """Keep the loss on the validation data; not every epoch has one."""
        loss = logs.get("val_loss") if isinstance(logs, dict) else None
        if loss is not None:
            self.validation_losses.append(_number(loss))

    def observe(self, logs: Any, steps: int = 1) -> None:
        """Take in the logs of a call that ran `steps` steps."""
        if self._epoch_steps == 0:
            self.epochs += 1
        self._epoch_steps += steps
        self.total_steps += steps
        loss = logs.get("loss") if isinstance(logs, dict) else None
        if loss is None:
            return
        self._latest = (self._epoch_steps, _detached(loss))
        if self.total_steps >= self._next_mark:
            self._marks.append(self._latest)
            self._next_mark = self.total_steps + _stride(self.total_steps)

    def close(self) -> None:
        """Read what was kept since the epoch began, and turn it into windows."""
        marks, self._marks = self._marks, []
        if self._latest is not None and (not marks or marks[-1][0] != self._latest[0]):
            marks.append(self._latest)
        self._latest = None
        before = self.total_steps - self._epoch_steps
        done, mean = 0, 0.0
        for steps, reference in marks:
            value = _number(reference)
            loss = _window_mean(done, mean, steps, value) if self.running_mean else value
            self._add(Window(before + steps, steps - done, loss))
            done, mean = steps, value

    def _add(self, window: Window) -> None:
        if self.first_nonfinite_step is None and not math.isfinite(window.mean):
            self.first_nonfinite_step = window.end
        self.windows.append(window)
        if len(self.windows) > MOST_WINDOWS:
            self.windows = _halved(self.windows)


def _stride(steps: int) -> int:
    return 1 if steps < DENSE_STEPS else max(1, steps // THINNING)


def _window_mean(n1: int, m1: float, n2: int, m2: float) -> float:
    # The mean over steps n1+1..n2, out of the two means over 1..n1 and 1..n2.
    return (n2 * m2 - n1 * m1) / (n2 - n1)


def _halved(windows: list[Window]) -> list[Window]:
    # The first steps stay as they are: divergence shows there.
    head, tail = windows[:DENSE_STEPS], windows[DENSE_STEPS:]
    paired = [_joined(*tail[i : i + 2]) for i in range(0, len(tail), 2)]
    return head + paired


def _joined(first: Window, second: Window | None = None) -> Window:
    if second is None:
        return first
    width = first.width + second.width
    total = first.width * first.mean + second.width * second.mean
    return Window(second.end, width, total / width)


def _detached(value: Any) -> Any:
    # A loss of PyTorch would keep the whole graph of its step alive.
    return value.detach() if hasattr(value, "detach") else value


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan
