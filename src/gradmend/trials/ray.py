"""Workers that are actors of a Ray cluster. Thin: Ray places, starts and ends them.

Ray is asked for nothing beyond `init`, `remote`, `get`, `kill` and the `future()` of a reference.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from importlib import import_module
from typing import Any

import keras

from gradmend.errors import UsageError, teach
from gradmend.records import Run
from gradmend.trials.seats import CannotBeSent, WorkerDied
from gradmend.trials.worker import Order, Worker


class Remote:
    """What an actor runs: a worker that tells nothing on the way."""

    def __init__(self, parcel: bytes) -> None:
        self._worker = Worker(parcel)

    def ready(self) -> bool:
        """Answers once the parcel is unpacked."""
        return True

    def do(self, what: str, order: Order) -> Any:
        """Call a method of `Worker`."""
        if what == "weights":
            return self._worker.weights(order)
        return self._worker.advance(order, lambda run: None)


def hire() -> Callable[[bytes], RaySeat]:
    """Return what starts a worker on the cluster that `ray.init()` finds or starts.

    Raises:
        UsageError: Ray is not installed.
    """
    try:
        ray = import_module("ray")
    except ImportError as error:
        raise UsageError(_not_installed()) from error
    if not ray.is_initialized():
        ray.init(log_to_driver=False)
    return lambda parcel: RaySeat(ray, parcel)


class RaySeat:
    """One actor."""

    def __init__(self, ray: Any, parcel: bytes) -> None:
        self._ray = ray
        settings = {"env_vars": {"KERAS_BACKEND": keras.backend.backend()}}
        self._actor = ray.remote(Remote).options(runtime_env=settings).remote(parcel)
        try:
            ray.get(self._actor.ready.remote())
        except Exception as error:
            raise CannotBeSent(_last_line(error)) from error

    def submit(self, what: str, order: Order, keep: Callable[[Run], None]) -> Future[Any]:
        """Have a method of `Worker` called; `keep` is told the end only."""
        future: Future[Any] = Future()

        def landed(theirs: Future[Any]) -> None:
            error = theirs.exception()
            if error is None:
                result = theirs.result()
                if what == "advance":
                    keep(result.run)
                future.set_result(result)
            else:
                death = WorkerDied("the Ray actor that trained it died, and so did a second")
                death.__cause__ = error
                future.set_exception(death)

        self._actor.do.remote(what, order).future().add_done_callback(landed)
        return future

    def interrupt(self) -> None:
        """Ray cannot interrupt an actor at work, only end it."""
        self.close()

    def close(self) -> None:
        """End the actor."""
        self._ray.kill(self._actor)


def _last_line(error: Exception) -> str:
    """Ray puts the remote traceback before the message."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def _not_installed() -> str:
    return teach(
        "Ray is not installed.",
        expected="the package ray, for executor='ray'",
        received="no module named 'ray'",
        means="it is an extra, for it is large.",
        attempt="pip install 'gradmend[ray]', or workers=4 for processes of this machine",
    )
