"""`gradmend compare`: two recorded trainings side by side."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradmend.cli import main
from gradmend.monitor.store import RunStore
from gradmend.records.training import Incident
from tests.monitor.test_store import ABOUT, SAMPLE, STARTED


@pytest.fixture
def runs(tmp_path: Path) -> list[str]:
    for name, norm, loss in (("before", 1.0, 2.5), ("after", 8.0, 0.5)):
        store = RunStore(tmp_path / name, STARTED, {**ABOUT, "model": name})
        store.about({"weights": [{"path": f"{name}/dense/kernel", "shape": [2, 4]}]})
        for step in range(1, 30):
            weight = replace(SAMPLE.weights[0], gradient_norm=norm)
            fields = {"step": step, "grad_norm": norm, "loss": loss, "clipped_share": None}
            store.sample(replace(SAMPLE, weights=(weight,), layers=(), **fields))
        store.epoch(0, 29, {"loss": loss, "val_loss": loss + 1})
        if name == "before":
            bad = Incident(kind="nonfinite", step=30, message="step 30 gave NaN or infinity")
            store.incident(bad)
        store.about({"finished": True, "steps": 29})
        store.close()
    return [str(tmp_path / "before"), str(tmp_path / "after")]


def test_side_by_side(runs: list[str]) -> None:
    result = CliRunner().invoke(main, ["compare", *runs], env={"COLUMNS": "120"})
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "lowest loss after: 0.5 (highest: 2.5)" in lines
    assert "gradient norm, median 1 8" in lines
    assert "val_loss 3.5 1.5" in lines
    assert "dense/kernel 1 8 8" in lines
    assert "ended NaN at step 30 finished" in lines
    assert any(line.startswith("M101 error: step 30 gave NaN") for line in lines)


def test_rows_for_other_tools(runs: list[str], tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    result = CliRunner().invoke(main, ["compare", *runs, "--csv", str(file)])
    assert result.exit_code == 0
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    assert len(rows) == 58
    assert rows[-1]["weight"] == "after/dense/kernel"
    assert float(rows[-1]["gradient_norm"]) == 8.0


def test_one_run_is_too_few(runs: list[str]) -> None:
    result = CliRunner().invoke(main, ["compare", runs[0]])
    assert result.exit_code == 2
    assert "two runs or more" in result.output
