"""Event files of a run are read back by TensorBoard's own reader."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradmend.cli import main
from gradmend.cli._tensorboard import write_events
from gradmend.errors import FileError, UsageError
from gradmend.records.run_store import open_run
from gradmend.records.training import TrainingRun
from tests.findings.test_layers_over_time import looked
from tests.monitor.test_store import SAMPLE, WEIGHT, written

needs_tensorboard = pytest.mark.skipif(find_spec("tensorboard") is None, reason="not installed")


def run() -> TrainingRun:
    return looked([0.1, 0.2, 0.6, 0.7], kind="dead")


@needs_tensorboard
def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for _ in range(2):  # the second replaces the first
        target = write_events(run(), tmp_path)
    assert target == tmp_path / "run"
    read = EventAccumulator(str(target), size_guidance={"scalars": 0})
    read.Reload()
    samples = run().samples
    for tag, expected in (
        ("grad_norm", [s.grad_norm for s in samples]),
        ("update_ratio/net/a/kernel", [s.weights[0].update_ratio for s in samples]),
        ("grad_norm/net/b/kernel", [s.weights[1].gradient_norm for s in samples]),
        ("dead_share/a", [0.1, 0.2, 0.6, 0.7]),
    ):
        found = read.Scalars(tag)
        assert [event.value for event in found] == pytest.approx(expected)
    assert [event.step for event in read.Scalars("loss")] == [s.step for s in samples]
    assert "clipped_share" not in read.Tags()["scalars"]


@needs_tensorboard
def test_from_the_command_line(tmp_path: Path) -> None:
    store = written(tmp_path)  # its loss is infinite
    store.sample(replace(SAMPLE, step=2, weights=(WEIGHT,)))
    store.close()
    name = open_run(tmp_path).name
    folder = tmp_path / "logs"
    done = CliRunner().invoke(main, ["report", str(tmp_path), "--tensorboard", str(folder)])
    assert done.exit_code == 0, done.output
    assert f"tensorboard --logdir {folder}" in done.output.replace("\n", "")
    assert len(list((folder / name).glob("events.out.tfevents.*"))) == 1


@needs_tensorboard
def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="event files cannot be written"):
        write_events(run(), tmp_path / "file")


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(UsageError, match="package tensorboard, which is not installed") as error:
        write_events(run(), tmp_path)
    assert "pip install 'gradmend[tensorboard]'" in str(error.value)
