"""Writes the run store. Whatever goes wrong with the disk ends the record, not the training."""

from __future__ import annotations

import json
import sqlite3
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from gradmend.records.run_store import (
    LAYER_FIELDS,
    SCHEMA,
    SUFFIX,
    VERSION,
    WEIGHT_FIELDS,
    packed,
    stored,
)
from gradmend.records.training import Incident, StepSample

FLUSH_SECONDS = 2.0
ABOUT = "INSERT OR REPLACE INTO run VALUES (?, ?)"


class RunStore:
    """One file in `folder`; rows are kept in memory for up to two seconds, then committed.

    SQLite's write-ahead log keeps every committed row through `kill -9`.
    """

    def __init__(self, folder: str | Path, started: datetime, about: Mapping[str, Any]) -> None:
        """Create the file; `about` goes to the table `run`, as JSON."""
        self.file: Path | None = None
        self._store: sqlite3.Connection | None = None
        self._waiting: list[tuple[str, Sequence[Any]]] = []
        self._flushed = time.monotonic()
        try:
            self._open(Path(folder), started, about)
        except (OSError, sqlite3.Error) as error:
            self._give_up(error, str(folder))

    def _open(self, folder: Path, started: datetime, about: Mapping[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = _fresh(folder, started)
        # Made under another name: whoever is killed here leaves an empty file, never half a store.
        making = self.file.with_suffix(".making")
        with closing(sqlite3.connect(making)) as store, store:
            store.execute("PRAGMA journal_mode=WAL")
            store.executescript(SCHEMA)
            facts = {"version": VERSION, **about}
            rows = [(key, json.dumps(value)) for key, value in facts.items()]
            store.executemany(ABOUT, rows)
        making.replace(self.file)
        self._store = sqlite3.connect(self.file, check_same_thread=False)
        self._store.execute("PRAGMA synchronous=NORMAL")

    def about(self, facts: Mapping[str, Any]) -> None:
        """Set facts about the run."""
        for key, value in facts.items():
            self._add(ABOUT, (key, json.dumps(value)))

    def sample(self, sample: StepSample) -> None:
        """Add one sampled step."""
        weights = packed([getattr(w, f) for f in WEIGHT_FIELDS] for w in sample.weights)
        layers = packed([getattr(w, f) for f in LAYER_FIELDS] for w in sample.layers)
        self._add(
            "INSERT OR REPLACE INTO samples VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                sample.step,
                sample.epoch,
                sample.seconds,
                stored(sample.loss),
                stored(sample.grad_norm),
                stored(sample.update_ratio),
                stored(sample.clipped_share),
                sample.loss_scale,
                int(sample.updated),
                weights,
                layers,
            ),
        )
        if time.monotonic() - self._flushed > FLUSH_SECONDS:
            self.flush()

    def epoch(self, epoch: int, step: int, logs: Mapping[str, float]) -> None:
        """Add the logs of an epoch."""
        text = json.dumps({name: str(value) for name, value in logs.items()})
        self._add("INSERT INTO epochs VALUES (?,?,?)", (epoch, step, text))
        self.flush()

    def incident(self, incident: Incident) -> None:
        """Add something that happened, at once."""
        row = (incident.kind, incident.step, incident.message, incident.file)
        self._add("INSERT INTO incidents VALUES (?,?,?,?)", row)
        self.flush()

    def probe(self, epoch: int, step: int, measurements: Mapping[str, Any]) -> None:
        """Add a check-up, as the codec encoded it."""
        row = (epoch, step, json.dumps(measurements))
        self._add("INSERT INTO probes VALUES (?,?,?)", row)
        self.flush()

    def flush(self) -> None:
        """Commit what is waiting."""
        waiting, self._waiting = self._waiting, []
        self._flushed = time.monotonic()
        if self._store is None or not waiting:
            return
        try:
            with self._store:
                for statement, values in waiting:
                    self._store.execute(statement, values)
        except (OSError, sqlite3.Error) as error:
            self._give_up(error, str(self.file))

    def close(self) -> None:
        """Commit, and fold the log into the file."""
        self.flush()
        store, self._store = self._store, None
        if store is not None:
            store.close()

    def _add(self, statement: str, values: Sequence[Any]) -> None:
        if self._store is not None:
            self._waiting.append((statement, values))

    def _give_up(self, error: Exception, place: str) -> None:
        self._store = None
        warnings.warn(
            f"gradmend: the run is no longer recorded in {place}: {error}. Training goes on.",
            stacklevel=2,
        )


def _fresh(folder: Path, started: datetime) -> Path:
    """Return a name that no other run has; made at once, so that none takes it."""
    stem = f"run-{started:%Y%m%d-%H%M%S}"
    number = 1
    while True:
        file = folder / f"{stem}-{number}{SUFFIX}"
        try:
            file.touch(exist_ok=False)
        except FileExistsError:
            number += 1
        else:
            return file
