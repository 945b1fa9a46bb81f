"""The run store: what was written is read back, also from a run that is going on or was killed."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gradmend.errors import FileError, RecordError
from gradmend.monitor.store import RunStore
from gradmend.records.run_store import open_run, runs_in
from gradmend.records.training import Incident, LayerSample, StepSample, WeightSample

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ABOUT: dict[str, Any] = {
    "started": STARTED.isoformat(),
    "backend": "jax",
    "keras_version": "3.15.1",
    "model": "tower",
    "optimizer": "adam",
    "learning_rate": 0.001,
    "clip": None,
    "clip_limit": None,
    "update_freq": "auto",
}
WEIGHT = WeightSample(
    path="dense/kernel",
    gradient_norm=1e-30,
    gradient_largest=1e-31,
    gradient_zeros=3,
    gradient_nonfinite=1,
    weight_norm=2.0,
    update_norm=0.5,
)
LAYER = LayerSample(path="dense", rms=1.0, largest=4.0, zero_share=0.25, dead_units=2, units=8)
SAMPLE = StepSample(
    step=1,
    epoch=0,
    seconds=0.5,
    loss=math.inf,
    grad_norm=3.0,
    update_ratio=None,
    clipped_share=0.5,
    weights=(WEIGHT,),
    layers=(LAYER,),
)


def written(folder: Path) -> RunStore:
    store = RunStore(folder, STARTED, ABOUT)
    store.about({"weights": [{"path": "dense/kernel", "shape": [2, 4]}], "layers": ["dense"]})
    store.sample(SAMPLE)
    store.epoch(0, 4, {"loss": math.nan, "grad_norm": 3.0})
    return store


def test_it_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    store = written(tmp_path)
    run = open_run(tmp_path)
    assert run.samples == (SAMPLE,)
    assert run.weights[0].size == 8
    assert math.isnan(run.epochs[0].logs[0].value)
    assert (run.steps, run.finished, run.model) == (4, False, "tower")
    store.incident(Incident(kind="note", step=2, message="something", file=None))
    store.about({"finished": True, "steps": 5})
    store.close()
    run = open_run(tmp_path)
    assert run.finished
    assert run.steps == 5
    assert run.incidents == (Incident(kind="note", step=2, message="something"),)


def test_a_number_that_is_none_stays_nan(tmp_path: Path) -> None:
    store = RunStore(tmp_path, STARTED, ABOUT)
    store.sample(replace(SAMPLE, loss=math.nan, weights=(), layers=()))
    store.close()
    loss = open_run(tmp_path).samples[0].loss
    assert loss is not None
    assert math.isnan(loss)


def test_no_run_takes_the_name_of_another(tmp_path: Path) -> None:
    for _ in range(3):
        written(tmp_path).close()
    assert len(runs_in(tmp_path)) == 3
    assert open_run(tmp_path).name.endswith("-3")


def test_a_folder_that_cannot_be_written_warns_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.warns(UserWarning, match="no longer recorded.*Training goes on") as warned:
        store = written(tmp_path / "file" / "below")
    store.close()
    assert len(warned) == 1


def test_a_disk_that_fills_up_warns_once(tmp_path: Path) -> None:
    store = written(tmp_path)
    assert store._store is not None
    store._store.execute("PRAGMA max_page_count=1")
    store.sample(replace(SAMPLE, step=2, weights=(WEIGHT,) * 2000))
    with pytest.warns(UserWarning, match="full.*Training goes on"):
        store.flush()
    store.sample(SAMPLE)
    store.close()
    assert open_run(tmp_path).samples == (SAMPLE,)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no recorded run"):
        open_run(tmp_path)
    with pytest.raises(FileError, match="no recorded run"):
        open_run(tmp_path / "absent.sqlite")
    (tmp_path / "run-x.sqlite").write_text("no database")
    with pytest.raises(RecordError, match="cannot be read as a recorded run"):
        open_run(tmp_path)


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    store = RunStore(tmp_path, STARTED, {**ABOUT, "version": 99})
    store.close()
    with pytest.raises(RecordError, match="version 99"):
        open_run(tmp_path)


WRITER = """
import sys
from dataclasses import replace
from tests.monitor.test_store import SAMPLE, written
store = written(sys.argv[1])
for step in range(2, 10**6):
    store.sample(replace(SAMPLE, step=step))
    store.flush()
    if step == 20:
        print("going", flush=True)
"""


def test_kill_leaves_a_store_that_opens(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "going\n"
    time.sleep(0.01)
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    steps = [sample.step for sample in open_run(tmp_path).samples]
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) >= 20


def test_a_run_that_was_killed_before_it_began_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "run-20260102-030405-1.sqlite").touch()
    store = RunStore(tmp_path, STARTED, ABOUT)
    assert store.file is not None
    assert store.file.name == "run-20260102-030405-2.sqlite"
    assert runs_in(tmp_path) == (store.file,)
    assert open_run(tmp_path).model == "tower"  # before anything was flushed
    store.close()
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".sqlite", ".sqlite"]
