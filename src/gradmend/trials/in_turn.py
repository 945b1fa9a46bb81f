"""Arms one after another, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gradmend.trials.entry import Entry
from gradmend.trials.executor import Arrival, Keep, Way
from gradmend.trials.rows import Rows
from gradmend.trials.training import Trainee, trainee_of


class InTurn:
    """Keeps one compiled model per arm."""

    def __init__(self, train: Rows, judged: Rows, batch_size: int) -> None:
        self._rows = train, judged, batch_size
        self._trainees: dict[str, Trainee] = {}

    def advance(
        self, ways: Sequence[Way], *, over: Callable[[], bool], keep: Keep
    ) -> Iterator[tuple[int, Arrival]]:
        """Yield every way's number and how it ended, as long as there is time."""
        for number, way in enumerate(ways):
            if over():
                return
            keep(number, way.run)
            yield number, self._arrival(way, number, over, keep)

    def _arrival(self, way: Way, number: int, over: Callable[[], bool], keep: Keep) -> Arrival:
        try:
            trainee = self._trainee(way.entry)
            run = way.run if way.run.steps else trainee.start(way.run.seed)
            run = trainee.advance(run, way.path[-1], over, lambda run: keep(number, run))
        except Exception as error:  # noqa: BLE001 - the race decides what an error costs
            return Arrival(run=way.run, error=error)
        return Arrival(run=run, trivial=trainee.trivial, reference=trainee.reference)

    def _trainee(self, entry: Entry) -> Trainee:
        if entry.name not in self._trainees:
            self._trainees[entry.name] = trainee_of(entry.build, entry.feeding, *self._rows)
        return self._trainees[entry.name]

    def weights_of(self, way: Way) -> list[Any] | None:
        """The best weights that were seen from the seed of a way."""
        return self._trainee(way.entry).best(way.run.seed)

    def close(self) -> None:
        """Nothing was started."""
