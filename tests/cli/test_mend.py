"""`gradmend mend`: a model file that is better than the one it came from, or none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner, Result

from gradmend import Mending, UsageError
from gradmend.cli import main
from gradmend.records import Outcome, Trial, Verdict, Visit
from gradmend.trials.likeness import alike, outputs
from tests.behaviour.test_subclassed import OwnStep, X, built, operated


def saved(folder: Path, head: str) -> Path:
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1, head)]
    )
    model.compile(keras.optimizers.Adam(0.02), "mse")
    model.save(folder / f"{head}.keras")
    return folder / f"{head}.keras"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    x = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
    path = tmp_path / "data.npz"
    np.savez(path, x=x, y=(x[:, :1] > 0).astype("float32"))
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["mend", *map(str, arguments)])


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
def test_a_sick_model_is_mended(tmp_path: Path, data: Path) -> None:
    output, table, folder = (tmp_path / name for name in ("out.keras", "trial.json", "report"))
    done = call(
        saved(tmp_path, "softmax"), "--data", data, "-o", output, "--budget", 150,
        "--json", table, "--report", folder,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "BETTER" in done.output
    assert "written to" in done.output
    assert json.loads(table.read_text())["changes"][0]["treatment"] == "repair-head"
    written = {file.suffix: file.read_text() for file in folder.iterdir()}
    assert set(written) == {".json", ".txt", ".md", ".html"}
    assert written[".json"] == table.read_text()
    assert all("repair-head" in text for text in written.values())
    assert written[".html"].startswith("<!DOCTYPE html>")
    loads = f"import keras; print(keras.saving.load_model({str(output)!r}).layers[-1].activation)"
    shown = subprocess.run(
        [sys.executable, "-c", loads], capture_output=True, text=True, check=True
    ).stdout
    assert "sigmoid" in shown


def test_a_healthy_model_is_not_written(tmp_path: Path, data: Path) -> None:
    output = tmp_path / "out.keras"
    done = call(saved(tmp_path, "sigmoid"), "--data", data, "-o", output, "--budget", "50 steps")
    assert done.exit_code == 0, done.output
    assert "nothing was found that helps" in done.output
    assert not output.exists()


def test_wrong_use_is_a_text_and_exit_code_2(tmp_path: Path, data: Path) -> None:
    model = saved(tmp_path, "sigmoid")
    done = call(model, "--data", data, "-o", tmp_path / "out.h5")
    assert done.exit_code == 2
    assert "a file that ends in .keras" in done.output
    done = call(model, "--data", data, "-o", tmp_path / "out.keras", "--budget", "3")
    assert done.exit_code == 2
    assert "too small to prove anything" in done.output


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    told: dict[str, object] = {}

    def mend(*_: object, **given: object) -> None:
        told.update(given)
        raise UsageError("far enough")

    monkeypatch.setattr("gradmend.mending.mend", mend)
    return told


@pytest.mark.parametrize(
    ("options", "progress", "workers"),
    [((), None, 1), (("--quiet",), False, 1), (("--workers", 3), None, 3)],
)
def test_progress_and_workers_reach_the_trial(
    tmp_path: Path,
    data: Path,
    settings: dict[str, object],
    options: tuple[object, ...],
    progress: bool | None,
    workers: int,
) -> None:
    call(saved(tmp_path, "sigmoid"), "--data", data, "-o", tmp_path / "out.keras", *options)
    assert (settings["progress"], settings["workers"]) == (progress, workers)


def test_no_worker_at_all_is_refused(tmp_path: Path, data: Path) -> None:
    model = saved(tmp_path, "sigmoid")
    done = call(model, "--data", data, "-o", tmp_path / "out.keras", "--workers", 0)
    assert done.exit_code == 2
    assert "--workers" in done.output


def test_a_model_that_no_file_can_hold_leaves_its_weights(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trial may have taken an hour: it is told, and the weights are kept."""
    model = operated(built(OwnStep), "swap-activation")
    trial = Trial(arms=(), outcome=Outcome.BETTER, reason="swap-activation helps.")
    mending = Mending(model, (), trial, Visit(verdict=Verdict.SICK, reason=""), sample=X[:8])
    monkeypatch.setattr("gradmend.mending.mend", lambda *_, **__: mending)
    done = call(saved(tmp_path, "sigmoid"), "--data", data, "-o", tmp_path / "out.keras")
    assert done.exit_code == 2
    assert "swap-activation helps." in done.output
    assert "would not hold what was mended" in done.output
    assert not (tmp_path / "out.keras").exists()
    fresh = operated(built(OwnStep), "swap-activation")
    fresh.load_weights(tmp_path / "out.weights.h5")
    assert alike(outputs(fresh, X), outputs(model, X))
