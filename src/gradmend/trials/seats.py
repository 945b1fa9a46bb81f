"""What an executor that spreads over workers asks of them; like `concurrent.futures`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from gradmend.records import Run
from gradmend.trials.worker import Order


class WorkerDied(Exception):  # noqa: N818 - it is an event that is dealt with, not a mistake
    """The process ended while it was at work."""


class CannotBeSent(Exception):  # noqa: N818 - as above
    """The model or the data does not come whole into another process; says why."""


class Seat(Protocol):
    """One worker. A future raises `WorkerDied` when the worker is gone."""

    def submit(self, what: str, order: Order, keep: Callable[[Run], None]) -> Future[Any]:
        """Have a method of `Worker` called, "advance" or "weights"."""
        ...

    def interrupt(self) -> None:
        """Have the training end where it stands; its future gives what there is."""
        ...

    def close(self) -> None:
        """End the worker."""
        ...


# Starts one worker with the parcel that it needs; raises CannotBeSent.
Hire = Callable[[bytes], Seat]
