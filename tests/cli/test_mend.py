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

from gradmend.cli import main


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
    output, table = tmp_path / "out.keras", tmp_path / "trial.json"
    done = call(
        saved(tmp_path, "softmax"), "--data", data, "-o", output, "--budget", 150, "--json", table
    )
    assert done.exit_code == 0, done.output
    assert "BETTER" in done.output
    assert "written to" in done.output
    assert json.loads(table.read_text())["changes"][0]["treatment"] == "repair-head"
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
