"""Arms spread over several workers; the same result in the same order as one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from gradmend.trials.executor import Arrival, Keep, Way
from gradmend.trials.seats import CannotBeSent, Hire, Seat, WorkerDied
from gradmend.trials.worker import order_for

TRIES = 2  # a dead worker costs its arm one retry
LOOK = 0.2  # seconds between two looks at the clock
PATIENCE = 5.0  # seconds in which an interrupted worker is to answer

Key = tuple[str, int]


class Spread:
    """Gives ways to idle workers. A run stays with the worker that began it while that lives."""

    def __init__(
        self, hire: Hire, workers: int, parcel: bytes, left: Callable[[], float | None]
    ) -> None:
        self._hire, self._workers, self._parcel, self._left = hire, workers, parcel, left
        self._homes: dict[Key, Seat] = {}
        self._seats: list[Seat] = [hire(parcel)]  # the first one shows whether it can be done
        self._deaths: Counter[Key] = Counter()

    def advance(
        self, ways: Sequence[Way], *, over: Callable[[], bool], keep: Keep
    ) -> Iterator[tuple[int, Arrival]]:
        """Yield every way's number and how it ended, in the order of the ways."""
        flight = _Flight(ways)
        try:
            while flight.waiting or flight.futures:
                if not over():
                    self._fill(flight, keep)
                elif not flight.futures:
                    break
                self._land(flight)
        except KeyboardInterrupt:
            self._interrupt(flight)
            raise
        yield from sorted(flight.arrived.items())

    def _fill(self, flight: _Flight, keep: Keep) -> None:
        """Give every idle worker a way that it may run; start workers while ways are left."""
        while flight.waiting:
            pair = self._pair(flight)
            if pair is None:
                return
            number, seat = pair
            way = flight.ways[number]
            flight.waiting.remove(number)
            self._homes[_key(way)] = seat
            keep(number, way.run)
            order = order_for(way, self._left())
            future = seat.submit("advance", order, lambda run, number=number: keep(number, run))  # type: ignore[misc] # mypy cannot infer a lambda's default
            flight.futures[future] = number, seat

    def _pair(self, flight: _Flight) -> tuple[int, Seat] | None:
        busy = [seat for _, seat in flight.futures.values()]
        idle = [seat for seat in self._seats if seat not in busy]
        free = [n for n in flight.waiting if _key(flight.ways[n]) not in self._homes]
        for number in flight.waiting:
            home = self._homes.get(_key(flight.ways[number]))
            if home in idle:
                return number, home
        if not free:
            return None
        for number in free:
            for seat in idle:
                if self._knows(seat, flight.ways[number].entry.name):
                    return number, seat
        if not idle and len(self._seats) < self._workers:
            idle = self._hired(flight)
        return (free[0], idle[0]) if idle else None

    def _knows(self, seat: Seat, arm: str) -> bool:
        """Whether a worker has compiled the model of an arm."""
        return any(home is seat for (name, _), home in self._homes.items() if name == arm)

    def _hired(self, flight: _Flight) -> list[Seat]:
        try:
            seat = self._hire(self._parcel)
        except CannotBeSent:  # the first one could be started: go on with those that are left
            if not flight.futures and not self._seats:
                raise
            self._workers = len(self._seats)
            return []
        self._seats.append(seat)
        return [seat]

    def _land(self, flight: _Flight) -> None:
        done, _ = wait(flight.futures, timeout=LOOK, return_when=FIRST_COMPLETED)
        for future in done:
            number, seat = flight.futures.pop(future)
            try:
                flight.arrived[number] = future.result()
            except WorkerDied as death:
                self._bury(seat)
                self._again(flight, number, death)

    def _bury(self, seat: Seat) -> None:
        seat.close()
        self._seats = [other for other in self._seats if other is not seat]
        self._homes = {key: home for key, home in self._homes.items() if home is not seat}

    def _again(self, flight: _Flight, number: int, death: WorkerDied) -> None:
        key = _key(flight.ways[number])
        self._deaths[key] += 1
        if self._deaths[key] < TRIES:
            flight.waiting.insert(0, number)
        else:
            flight.arrived[number] = Arrival(run=flight.ways[number].run, error=death)

    def _interrupt(self, flight: _Flight) -> None:
        """Let the workers keep what they have; end those that do not answer."""
        for _, seat in flight.futures.values():
            seat.interrupt()
        _, late = wait(flight.futures, timeout=PATIENCE)
        for future, (_, seat) in flight.futures.items():
            if future in late or future.exception() is not None:
                self._bury(seat)

    def weights_of(self, way: Way) -> list[Any] | None:
        """The best weights that were seen on a way; trained again where its worker is gone."""
        seat = self._homes.get(_key(way)) or (self._seats or [self._hire(self._parcel)])[0]
        try:
            found: list[Any] | None = seat.submit("weights", order_for(way), _silent).result()
        except WorkerDied:
            self._bury(seat)
            seat = self._hire(self._parcel)
            self._seats.append(seat)
            found = seat.submit("weights", order_for(way), _silent).result()
        return found

    def close(self) -> None:
        """End all workers."""
        for seat in self._seats:
            seat.close()
        self._seats, self._homes = [], {}


class _Flight:
    """The ways of one call: waiting, on the way, arrived."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self.ways = ways
        self.waiting = list(range(len(ways)))
        self.futures: dict[Future[Any], tuple[int, Seat]] = {}
        self.arrived: dict[int, Arrival] = {}


def _key(way: Way) -> Key:
    return way.entry.name, way.run.seed


def _silent(run: object) -> None:
    """Nobody waits for how far it has come."""
