"""The run store: one SQLite file per `fit`, and the way to read it. Standard library only.

`GradientMonitor(log_dir=...)` writes it; this page defines the tables and reads them
back into a `TrainingRun`. It can be read while it is written. Rows of numbers per weight
are packed into one blob of little-endian float64 per step.
"""

from __future__ import annotations

import array
import json
import math
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from gradmend.errors import FileError, RecordError, teach
from gradmend.records.codec import decode
from gradmend.records.measurements import Measurements
from gradmend.records.training import (
    EpochLogs,
    Incident,
    LayerSample,
    LogValue,
    Probe,
    StepSample,
    TrainedWeight,
    TrainingRun,
    WeightSample,
)

SUFFIX = ".sqlite"
VERSION = 1
SCHEMA = """
CREATE TABLE run (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE samples (
    step INTEGER PRIMARY KEY, epoch INTEGER, seconds REAL, loss REAL, grad_norm REAL,
    update_ratio REAL, clipped_share REAL, loss_scale REAL, updated INTEGER,
    weights BLOB, layers BLOB
);
CREATE TABLE epochs (epoch INTEGER, step INTEGER, logs TEXT);
CREATE TABLE incidents (kind TEXT, step INTEGER, message TEXT, file TEXT);
CREATE TABLE probes (epoch INTEGER, step INTEGER, measurements TEXT);
"""
WEIGHT_FIELDS = (
    "gradient_norm",
    "gradient_largest",
    "gradient_zeros",
    "gradient_nonfinite",
    "weight_norm",
    "update_norm",
)
LAYER_FIELDS = (
    "rms",
    "largest",
    "zero_share",
    "saturated",
    "dead_units",
    "units",
    "nonfinite",
    "seen",
)
WHOLE = frozenset(
    {"gradient_zeros", "gradient_nonfinite", "dead_units", "units", "nonfinite", "seen"}
)


def open_run(path: str | Path) -> TrainingRun:
    """Read a run store.

    Args:
        path: the file, or a folder of them (`log_dir`), of which the newest is taken.

    Raises:
        FileError: there is no such file, or no run in the folder.
        RecordError: the file is no run store, or one of a newer gradmend.
    """
    file = run_file(path)
    try:
        with closing(_connected(file)) as store:
            return _run(store, file.stem)
    except (sqlite3.Error, KeyError, ValueError, TypeError) as error:
        raise RecordError(_unreadable(file, error)) from error


def run_file(path: str | Path) -> Path:
    """Return the run store at `path`, or the newest in the folder `path`.

    Raises:
        FileError: there is none.
    """
    found = Path(path)
    if found.is_dir():
        runs = runs_in(found)
        if runs:
            return runs[-1]
    elif found.exists():
        return found
    raise FileError(_missing(found))


def runs_in(folder: str | Path) -> tuple[Path, ...]:
    """Return the run stores of a folder, oldest first; one that never began is left out."""
    named = sorted(Path(folder).glob(f"run-*{SUFFIX}"))
    return tuple(file for file in named if file.stat().st_size)


def packed(rows: Iterable[Sequence[float | None]]) -> bytes:
    """Return rows of numbers as little-endian float64; None becomes NaN.

    Example:
        >>> unpacked(packed([(1.0, None)]), 2)
        [(1.0, None)]
    """
    values = array.array("d", (math.nan if v is None else v for row in rows for v in row))
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def unpacked(blob: bytes | None, width: int) -> list[tuple[float | None, ...]]:
    """Return the rows that `packed` packed, `width` numbers each."""
    values = array.array("d", blob or b"")
    if sys.byteorder == "big":
        values.byteswap()
    numbers = [None if math.isnan(value) else value for value in values]
    return [tuple(numbers[i : i + width]) for i in range(0, len(numbers), width)]


def _connected(file: Path) -> sqlite3.Connection:
    address = file.absolute().as_uri()
    try:
        store = sqlite3.connect(f"{address}?mode=ro", uri=True)
        store.execute("SELECT 1 FROM run")
    except sqlite3.OperationalError:
        # A folder we may not write to: nobody else writes there either.
        store = sqlite3.connect(f"{address}?immutable=1", uri=True)
    return store


def _run(store: sqlite3.Connection, name: str) -> TrainingRun:
    about = {key: json.loads(value) for key, value in store.execute("SELECT * FROM run")}
    if about["version"] > VERSION:
        raise ValueError(f"version {about['version']}, this gradmend reads up to {VERSION}")
    weights = tuple(
        TrainedWeight(path=w["path"], shape=tuple(w["shape"]), size=math.prod(w["shape"]))
        for w in about.get("weights", ())
    )
    samples = _samples(store, [w.path for w in weights], about.get("layers", ()))
    epochs = _epochs(store)
    taken = [about.get("steps", 0), *(s.step for s in samples[-1:]), *(e.step for e in epochs[-1:])]
    return TrainingRun(
        name=name,
        **{field: about[field] for field in ABOUT},
        finished=bool(about.get("finished", False)),
        steps=max(taken),
        weights=weights,
        samples=samples,
        epochs=epochs,
        incidents=_incidents(store),
        probes=_probes(store),
    )


ABOUT = (
    "started",
    "backend",
    "keras_version",
    "model",
    "optimizer",
    "learning_rate",
    "clip",
    "clip_limit",
    "update_freq",
)


def _samples(
    store: sqlite3.Connection, weights: Sequence[str], layers: Sequence[str]
) -> tuple[StepSample, ...]:
    rows = store.execute(
        "SELECT step, epoch, seconds, loss, grad_norm, update_ratio, clipped_share, loss_scale, "
        "updated, weights, layers FROM samples ORDER BY step"
    )
    return tuple(
        StepSample(
            step=row[0],
            epoch=row[1],
            seconds=row[2],
            loss=_number(row[3]),
            grad_norm=cast(float, _number(row[4])),
            update_ratio=_number(row[5]),
            clipped_share=_number(row[6]),
            loss_scale=row[7],
            updated=bool(row[8]),
            weights=tuple(_named(WeightSample, WEIGHT_FIELDS, weights, row[9])),
            layers=tuple(_named(LayerSample, LAYER_FIELDS, layers, row[10])),
        )
        for row in rows
    )


def _named(
    kind: type[Any], fields: Sequence[str], paths: Sequence[str], blob: bytes | None
) -> Iterable[Any]:
    rows = unpacked(blob, len(fields))
    for path, row in zip(paths, rows, strict=False):
        values = {
            field: int(value) if field in WHOLE and value is not None else value
            for field, value in zip(fields, row, strict=True)
        }
        if "gradient_norm" in values:  # a norm is never unknown: what was not a number is NaN
            values = {k: math.nan if v is None else v for k, v in values.items()}
        yield kind(path=path, **values)


def _epochs(store: sqlite3.Connection) -> tuple[EpochLogs, ...]:
    rows = store.execute("SELECT epoch, step, logs FROM epochs ORDER BY step, epoch")
    return tuple(
        EpochLogs(
            epoch=epoch,
            step=step,
            logs=tuple(
                LogValue(name=name, value=float(value)) for name, value in json.loads(logs).items()
            ),
        )
        for epoch, step, logs in rows
    )


def _incidents(store: sqlite3.Connection) -> tuple[Incident, ...]:
    rows = store.execute("SELECT kind, step, message, file FROM incidents ORDER BY rowid")
    return tuple(Incident(kind=k, step=s, message=m, file=f) for k, s, m, f in rows)


def _probes(store: sqlite3.Connection) -> tuple[Probe, ...]:
    rows = store.execute("SELECT epoch, step, measurements FROM probes ORDER BY step")
    return tuple(
        Probe(epoch=epoch, step=step, measurements=decode(json.loads(text), Measurements))
        for epoch, step, text in rows
    )


def stored(value: float | None) -> float | str | None:
    """Return a number as the store keeps it: SQLite would make NULL out of NaN."""
    return "nan" if value is not None and math.isnan(value) else value


def _number(value: float | str | None) -> float | None:
    return None if value is None else float(value)


def _missing(path: Path) -> str:
    folder = path if path.is_dir() else path.parent
    near = [file.name for file in runs_in(folder)][-3:] if folder.is_dir() else []
    return teach(
        f"there is no recorded run at {str(path)!r}.",
        expected=f"a file run-*{SUFFIX}, or a folder with one",
        received="a folder without one" if path.is_dir() else "nothing of that name",
        means="the training ran without GradientMonitor(log_dir=...), or wrote to another folder.",
        attempt=f"one of: {', '.join(near)}" if near else 'GradientMonitor(log_dir="runs")',
    )


def _unreadable(file: Path, error: Exception) -> str:
    return teach(
        f"{str(file)!r} cannot be read as a recorded run.",
        expected=f"a run store of gradmend, version {VERSION} or older",
        received=f"{type(error).__name__}: {error}",
        means="it is another kind of file, or was written by a newer gradmend.",
        attempt="pip install --upgrade gradmend, or the file that GradientMonitor wrote.",
    )
