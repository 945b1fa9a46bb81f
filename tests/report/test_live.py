"""The live picture: fits the terminal, says whether the run goes on, shows what was found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.records.training import Incident, TrainingRun
from gradmend.report.live import frame
from tests.report.trainings import broken, learning, stuck


def shown(run: TrainingRun, width: int = 90, height: int = 30, silent: float = 0.0) -> str:
    return "\n".join(line.plain for line in frame(run, width=width, height=height, silent=silent))


@pytest.mark.parametrize("width", [30, 60, 200])
@pytest.mark.parametrize("height", [6, 24, 80])
@pytest.mark.parametrize("run", [learning(), broken(), stuck(), learning(0, weights=())])
def test_it_fits(run: TrainingRun, width: int, height: int) -> None:
    lines = frame(run, width=width, height=height)
    assert len(lines) <= height
    assert all(line.cell_len <= width for line in lines)


def test_it_says_whether_the_run_goes_on() -> None:
    going = learning(finished=False)
    assert shown(learning()).startswith("finished")
    assert shown(going).startswith("running")
    assert shown(going, silent=95.0).startswith("nothing new for 95 s: it stands still")
    died = replace(going, incidents=(Incident(kind="error", step=40, message="OOM"),))
    assert shown(died).startswith("ended by OOM")


def test_weights_are_rows_and_findings_stand_below() -> None:
    text = shown(broken())
    assert "a/kernel" in text
    assert "b/kernel" in text
    assert "41" in text.splitlines()[-1]
    assert "!" in text  # what is not finite


def test_many_weights_are_thinned_to_the_room() -> None:
    run = learning()
    names = [f"w{i}" for i in range(200)]
    one = run.samples[0].weights[0]
    weights = tuple(replace(one, path=f"net/{name}") for name in names)
    wide = replace(
        run,
        weights=tuple(replace(run.weights[0], path=f"net/{name}") for name in names),
        samples=tuple(replace(s, weights=weights) for s in run.samples),
    )
    lines = shown(wide, height=24).splitlines()
    assert len(lines) <= 24
    assert sum(line.startswith("w") and line[1].isdigit() for line in lines) > 10


def test_a_hostile_name_stays_text() -> None:
    assert "[red]" in shown(replace(learning(), name="[red]x\x1b[31m"))
    assert "\x1b" not in shown(replace(learning(), name="[red]x\x1b[31m"))
