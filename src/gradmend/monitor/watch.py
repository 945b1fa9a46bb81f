"""Stands as `model.train_function` during one `fit`, and samples some of its steps."""

from __future__ import annotations

import statistics
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from gradmend.monitor.first_aid import FirstAid
from gradmend.monitor.guard import Guard, loss_in
from gradmend.monitor.home import Home
from gradmend.monitor.looks import Looks, inputs_of
from gradmend.monitor.reading import KEYS, Reading
from gradmend.monitor.sample import Update
from gradmend.monitor.schedule import Schedule
from gradmend.monitor.steps import Steps

METRICS = "_get_metrics_result_or_logs"
MOST_UNREAD = 32
ENDS_OF_DATA = ("StopIteration", "OutOfRangeError")


class Watch:
    """The monitor's side of one `fit`. Build it inside `on_train_begin`.

    Args:
        model: the model that trains.
        steps: how its steps are run.
        schedule: which of them are sampled.
        first_aid: what to do about NaN and infinity.
        looks: what the layers do in a few of the sampled steps.
        keep: called with each reading that is due for the record, in order.
    """

    def __init__(
        self,
        model: Any,
        *,
        steps: Steps,
        schedule: Schedule,
        first_aid: FirstAid,
        looks: Looks,
        keep: Callable[[Reading], None],
    ) -> None:
        self.model, self.steps, self.schedule = model, steps, schedule
        self.guard = Guard(model, steps)
        self.taken = 0
        self.epoch = 0
        self.original = steps.original
        self._first_aid = first_aid
        self._looks = looks
        self._keep = keep
        self._began = time.perf_counter()
        self._latest: Reading | None = None
        self._unread: deque[Reading] = deque()
        self._in_epoch: list[Reading] = []
        self._logs: Any = None
        self._gone = False
        self._home = Home(self.leave)
        vars(model)[METRICS] = self._epoch_logs
        self.come_back()

    def come_back(self) -> None:
        """Stand in as the train function, also when a callback made Keras build a new one."""
        present = self.model.train_function
        if present is not self and getattr(present, "original", None) is not self:
            self.original = self.steps.original = present
            self.model.train_function = self

    def leave(self) -> None:
        """Put everything back on the model. May be called more than once."""
        if self._gone:
            return
        self._gone = True
        self._home.forget()
        _taken_out(self.model, self)
        if getattr(vars(self.model).get(METRICS), "__self__", None) is self:
            del vars(self.model)[METRICS]
        self.steps.batches.clear()

    def begin_epoch(self, epoch: int) -> None:
        """Note that an epoch begins."""
        self.epoch = epoch
        self.schedule.begin_epoch()
        self.guard.begin_epoch()
        self._in_epoch = []
        self.come_back()

    def __call__(self, *arguments: Any) -> Any:
        """Run one call of the train function, as Keras would have run it."""
        if self._gone or not self._home.calls_from(sys._getframe(1)):
            self.leave()
            return self.original(*arguments)
        try:
            return self._call(arguments)
        except BaseException as error:
            if type(error).__name__ not in ENDS_OF_DATA:
                self.leave()
            raise

    def _call(self, arguments: tuple[Any, ...]) -> Any:
        if self.guard.active and (self.guard.trouble() or self.guard.keep(arguments, self.taken)):
            arguments, over = self._first_aid.help(self, arguments)
            if over:
                return self.steps.stopped(arguments, self._logs)
        step = self.taken + 1
        if self.schedule.due(step):
            result = self._sampled(arguments, step)
        else:
            result = self.steps.plain(arguments)
        self.taken += self.model.steps_per_execution
        logs = self.steps.logs(result)
        self.guard.observe(logs)
        if not isinstance(logs, dict) or self._latest is None:
            self._logs = logs
            return result
        self._logs = {**logs, **self._latest.logs()}
        return self.steps.with_logs(result, self._logs)

    def _sampled(self, arguments: tuple[Any, ...], step: int) -> Any:
        result, sampled = self.steps.sampled(arguments)
        loss = loss_in(self.steps.logs(result))
        reading = Reading(
            sampled,
            step=step,
            epoch=self.epoch,
            seconds=round(time.perf_counter() - self._began, 3),
            loss=loss.detach() if hasattr(loss, "detach") else loss,
        )
        self.settle(wait=False)
        if self.schedule.keeps(step):
            if self._looks.due(step, reading.seconds):
                reading.layers = self._looks.look(inputs_of(self.steps), result, step)
            self._unread.append(reading)
        self._latest = reading
        self._in_epoch.append(reading)
        return result

    def settle(self, *, wait: bool = True) -> None:
        """Hand readings over to the record, in order: all of them, or those that are ready."""
        unread = self._unread
        while unread and (wait or len(unread) > MOST_UNREAD or self._ready(unread[0])):
            self._keep(unread.popleft())

    def _ready(self, reading: Reading) -> bool:
        updates = reading.sampled.updates
        return not updates or self.steps.ready(updates[0][0])

    def _epoch_logs(self, logs: Any) -> Any:
        """Stand in where Keras asks for the logs of an epoch, before anything else looks."""
        original = getattr(type(self.model), METRICS)
        if logs is not self._logs or self._gone:
            return original(self.model, logs)
        if self.guard.bad_at_last():
            self._first_aid.help(self, None)
        plain = {k: v for k, v in logs.items() if k not in KEYS} if isinstance(logs, dict) else logs
        found = original(self.model, plain)
        return {**found, **self._epoch_numbers()} if isinstance(found, dict) else found

    def _epoch_numbers(self) -> dict[str, float]:
        """Return the medians over the sampled steps of the epoch, or the latest numbers."""
        readings = self._in_epoch or ([self._latest] if self._latest else [])
        updates = [reading.update for reading in readings]
        found = {key: _values(updates, key) for key in KEYS}
        return {
            key: statistics.fmean(values) if key == "clipped_share" else statistics.median(values)
            for key, values in found.items()
            if values
        }


def _values(updates: list[Update | None], key: str) -> list[float]:
    values = (getattr(update, key) for update in updates if update is not None)
    return [value for value in values if value is not None]


def _taken_out(model: Any, watch: Watch) -> None:
    """Take the watch out of `model.train_function`, also from under another dispatcher."""
    present = model.train_function
    if present is watch:
        model.train_function = watch.original
        return
    while present is not None and getattr(present, "original", None) is not watch:
        present = getattr(present, "original", None)
    if present is not None:
        present.original = watch.original
