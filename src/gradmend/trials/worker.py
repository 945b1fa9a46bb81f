"""Trains ways for a race that runs in another process."""

from __future__ import annotations

import pickle
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from gradmend.errors import GradmendError
from gradmend.records import Prescription, Run
from gradmend.trials.arms import Clinic
from gradmend.trials.executor import Arrival, Way
from gradmend.trials.likeness import alike
from gradmend.trials.rows import Rows
from gradmend.trials.training import Trainee, trainee_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A way in a form that can be sent: `seconds` until the trial is over, None without end."""

    name: str
    chosen: tuple[Prescription, ...]
    seed: int
    path: tuple[int, ...]
    reference: float | None = None
    seconds: float | None = None


def order_for(way: Way, seconds: float | None = None) -> Order:
    """Return what a worker needs to know of a way."""
    return Order(
        name=way.entry.name,
        chosen=way.entry.chosen,
        seed=way.run.seed,
        path=way.path,
        reference=way.reference,
        seconds=seconds,
    )


def packed(clinic: Clinic, train: Rows, judged: Rows, batch_size: int) -> bytes:
    """Return all that a worker needs, as bytes.

    Raises:
        Exception: the model, or the rows, cannot be sent; any type.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a lambda is told by us, once
        clinic.refuse_to_travel()
    settings = (
        keras.config.floatx(),
        keras.config.image_data_format(),
        keras.config.dtype_policy().name,
    )
    probe = clinic.probe()
    return pickle.dumps((settings, (clinic, train, judged, batch_size), probe))


class Worker:
    """Keeps one compiled model per arm, and how far its present run has come."""

    def __init__(self, parcel: bytes) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the optimizer's state, which no arm takes over
            settings, parts, probe = pickle.loads(parcel)  # noqa: S301 - from the race that began us
        keras.config.set_floatx(settings[0])
        keras.config.set_image_data_format(settings[1])
        keras.config.set_dtype_policy(settings[2])
        self._clinic, *self._rows = parts
        self._trainees: dict[str, Trainee] = {}
        self._at: dict[str, tuple[tuple[int, ...], Run]] = {}
        _same(self._clinic.probe(), probe)

    def advance(self, order: Order, keep: Callable[[Run], None]) -> Arrival:
        """Go the way of an order, from the start if this worker has not begun it."""
        last = Run(seed=order.seed)

        def note(run: Run) -> None:
            nonlocal last
            last = run
            keep(run)

        try:
            trainee = self._trainee(order)
            self._go(trainee, order, note)
        except KeyboardInterrupt:
            self._at.pop(order.name, None)
        except Exception as error:  # noqa: BLE001 - the race decides what an error costs
            self._at.pop(order.name, None)
            return Arrival(run=Run(seed=order.seed), error=_sendable(error))
        return Arrival(run=last, trivial=trainee.trivial, reference=trainee.reference)

    def _go(self, trainee: Trainee, order: Order, note: Callable[[Run], None]) -> None:
        gone, run = self._at.get(order.name, ((), None))
        if run is None or run.seed != order.seed or gone != order.path[: len(gone)]:
            gone, run = (), trainee.start(order.seed)
        end = None if order.seconds is None else time.monotonic() + order.seconds
        for until in order.path[len(gone) :]:
            run = trainee.advance(
                run, until, lambda: end is not None and time.monotonic() > end, note
            )
        note(run)
        self._at[order.name] = order.path, run

    def weights(self, order: Order) -> list[Any] | None:
        """The best weights of an order's seed; trained again where another had trained it."""
        trainee = self._trainee(order)
        if trainee.best(order.seed) is None and order.path:
            self._go(trainee, order, lambda run: None)
        return trainee.best(order.seed)

    def _trainee(self, order: Order) -> Trainee:
        if order.name not in self._trainees:
            chosen = order.chosen
            build = lambda seed: self._clinic.build(chosen, seed)  # noqa: E731 - as an entry's
            feeding = self._clinic.feeding(chosen)
            self._trainees[order.name] = trainee_of(build, feeding, *self._rows)
        trainee = self._trainees[order.name]
        trainee.reference = order.reference if trainee.reference is None else trainee.reference
        return trainee


def _sendable(error: Exception) -> Exception:
    """Errors of other packages may not come back from a pickle as they went in."""
    if isinstance(error, GradmendError):
        return error
    return RuntimeError(str(error).strip() or type(error).__name__)


def _same(ours: tuple[Any, str], theirs: tuple[Any, str]) -> None:
    """A model that computes something else after it was saved and loaded proves nothing."""
    if not alike(ours[0], theirs[0]):
        raise ValueError("it computes something else once it was saved and loaded")
    if ours[1] != theirs[1]:
        raise ValueError("it is compiled otherwise once it was saved and loaded")
