"""`gradmend check`: exit codes for CI, and errors that are texts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner, Result

from gradmend import checkup
from gradmend.checkup import Checkup
from gradmend.cli import main
from gradmend.records import Verdict, Visit
from gradmend.report.json import loads


@pytest.fixture
def model(tmp_path: Path) -> Path:
    made = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "softmax")]
    )
    made.compile("adam", "binary_crossentropy")
    path = tmp_path / "model.keras"
    made.save(path)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    path = tmp_path / "data.npz"
    np.savez(path, x=x, y=(x[:, :1] > 0).astype("float32"))
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def judged(monkeypatch: pytest.MonkeyPatch, verdict: Verdict) -> list[dict[str, object]]:
    seen: list[dict[str, object]] = []

    def check(model: object, x: object, y: object, weight: object, **more: object) -> Checkup:
        seen.append({"x": x, "y": y, "sample_weight": weight, **more})
        return Checkup(Visit(verdict=verdict, reason="made up"))

    monkeypatch.setattr(checkup, "check", check)
    return seen


@pytest.mark.parametrize(
    ("verdict", "code"),
    [(Verdict.HEALTHY, 0), (Verdict.WATCH, 0), (Verdict.SICK, 1), (Verdict.UNKNOWN, 2)],
)
def test_exit_codes(
    monkeypatch: pytest.MonkeyPatch, model: Path, data: Path, verdict: Verdict, code: int
) -> None:
    judged(monkeypatch, verdict)
    result = call(model, "--data", data)
    assert result.exit_code == code
    assert result.output.startswith(f"{verdict.value}  model.keras: ")


def test_what_is_handed_on(monkeypatch: pytest.MonkeyPatch, model: Path, data: Path) -> None:
    seen = judged(monkeypatch, Verdict.HEALTHY)
    call(model, "--data", data, "--batch-size", 16)
    assert seen[0]["batch_size"] == 16
    assert seen[0]["x"].shape == (64, 4)  # type: ignore[attr-defined]  # an array
    assert seen[0]["sample_weight"] is None


def test_the_json_can_be_read_back(
    monkeypatch: pytest.MonkeyPatch, model: Path, data: Path, tmp_path: Path
) -> None:
    judged(monkeypatch, Verdict.SICK)
    call(model, "--data", data, "--json", tmp_path / "v.json")
    assert loads((tmp_path / "v.json").read_text()).verdict is Verdict.SICK


def test_wrong_use_is_two_and_no_traceback(model: Path, data: Path, tmp_path: Path) -> None:
    for arguments in (
        (model,),
        (tmp_path / "none.keras", "--data", data),
        (model, "--data", tmp_path / "none.npz"),
        (model, "--data", data, "--batch-size", 0),
        (model, "--data", data, "--json", tmp_path / "none" / "v.json"),
    ):
        result = call(*arguments)
        assert result.exit_code == 2
        assert result.stderr.strip()
        assert "Traceback" not in result.output


def test_a_model_with_a_loss_needs_y(model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=np.ones((8, 4), "float32"))
    result = call(model, "--data", tmp_path / "x.npz")
    assert result.exit_code == 2
    assert "holds no array 'y'" in result.stderr


def test_a_model_that_was_not_compiled(data: Path, tmp_path: Path) -> None:
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)]).save(tmp_path / "m.keras")
    result = call(tmp_path / "m.keras", "--data", data)
    assert result.exit_code == 2
    assert "compile" in result.stderr


def test_wrong_shapes(model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.ones((8, 5), "float32"), y=np.ones((8, 1), "float32"))
    result = call(model, "--data", tmp_path / "d.npz")
    assert result.exit_code == 2
    assert "shape" in result.stderr
    assert "Try:" in result.stderr


def test_a_sick_model_from_the_shell(model: Path, data: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gradmend", "check", model, "--data", data]
    done = subprocess.run(
        [*command, "--json", tmp_path / "v.json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    first = done.stdout.splitlines()[0]
    assert first.startswith("sick ")
    assert "\x1b" not in done.stdout
    findings = json.loads((tmp_path / "v.json").read_text())["findings"]
    assert findings[0]["cause"] == "output-activation"
