"""`gradmend watch` and `gradmend report` on a finished, a running and a killed run."""

from __future__ import annotations

import io
import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from gradmend.cli import main, watch
from gradmend.monitor.store import RunStore
from tests.report.trainings import learning

RUN = learning(30)
ABOUT = {
    name: getattr(RUN, name)
    for name in (
        "started", "backend", "keras_version", "model", "optimizer", "learning_rate", "clip",
        "clip_limit", "update_freq",
    )
}  # fmt: skip


def begun(folder: Path) -> RunStore:
    """A run that is being written."""
    store = RunStore(folder, datetime(2026, 1, 1, tzinfo=UTC), ABOUT)
    store.about({"weights": [{"path": w.path, "shape": w.shape} for w in RUN.weights]})
    for sample in RUN.samples[:20]:
        store.sample(sample)
    store.flush()
    return store


def ended(store: RunStore) -> None:
    for sample in RUN.samples[20:]:
        store.sample(sample)
    store.about({"finished": True, "steps": 30})
    store.close()


def invoke(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.output


def test_a_finished_run(tmp_path: Path) -> None:
    ended(begun(tmp_path))
    code, text = invoke("watch", str(tmp_path))
    assert code == 0
    assert text.startswith("finished  step 30")


def test_a_running_run_is_read_while_it_is_written(tmp_path: Path) -> None:
    store = begun(tmp_path)
    code, text = invoke("watch", "--once", str(tmp_path))
    assert code == 0
    assert text.startswith("running  step 20")
    ended(store)


def test_a_killed_run_is_said_to_be_silent(tmp_path: Path) -> None:
    store = begun(tmp_path)
    long_ago = time.time() - 3600
    for part in tmp_path.iterdir():
        os.utime(part, (long_ago, long_ago))
    assert "nothing new for 36" in invoke("watch", str(tmp_path))[1]
    code, text = invoke("report", str(tmp_path))
    assert code == 0
    assert "not finished (it goes on, or was killed)" in " ".join(text.split())
    store.close()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Console:
    """A terminal to follow a run on, without waiting between two looks."""
    monkeypatch.setattr(watch, "EVERY", 0.01)
    return Console(file=io.StringIO(), force_terminal=True, width=80, height=24)


def test_following_ends_when_the_run_does(tmp_path: Path, terminal: Console) -> None:
    store = begun(tmp_path)
    assert store.file is not None
    follower = threading.Thread(target=watch._follow, args=(store.file, terminal, 60.0))
    follower.start()
    ended_by_another_hand(store)
    follower.join(timeout=30)
    assert not follower.is_alive()
    text = terminal.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert "finished" in text


def ended_by_another_hand(store: RunStore) -> None:
    time.sleep(0.2)
    ended(store)


def test_patience_ends(tmp_path: Path, terminal: Console) -> None:
    store = begun(tmp_path)
    assert store.file is not None
    watch._follow(store.file, terminal, 0.0)
    store.close()


def test_the_report_of_a_run_is_written_in_every_form(tmp_path: Path) -> None:
    ended(begun(tmp_path / "runs"))
    page, comment = tmp_path / "run.html", tmp_path / "run.md"
    code, text = invoke("report", str(tmp_path / "runs"), "-o", str(page), "-o", str(comment))
    assert code == 0
    assert "healthy" in text
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert comment.read_text().startswith("### healthy")


@pytest.mark.parametrize("command", ["report", "watch"])
def test_a_run_that_is_not_there_is_explained(tmp_path: Path, command: str) -> None:
    done = CliRunner().invoke(main, [command, str(tmp_path)])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_an_unknown_form_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    code, text = invoke("report", str(tmp_path), "-o", str(tmp_path / "run.pdf"))
    assert code == 2
    assert ".html, .md, .txt" in text
