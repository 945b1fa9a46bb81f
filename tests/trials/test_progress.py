"""What a terminal shows of a trial, without a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from gradmend.records import Run
from gradmend.trials.progress import Board, shown


def drawn(board: Board, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as capture:
        console.print(board)
    return capture.get().splitlines()


@pytest.fixture
def board() -> Board:
    board = Board(steps=500)
    board.watch("placebo", Run(seed=0), 125)
    board.watch("repair-head", Run(seed=0, steps=(500,), score=0.2), 500)
    board.watch("repair-head", Run(seed=1, steps=(125,), score=0.3), 500)
    board.watch("raise-learning-rate + add-normalization", Run(seed=0, steps=(7,)), 500)
    return board


@pytest.mark.parametrize("width", [60, 100])
def test_every_arm_is_one_line_with_steps_and_share(board: Board, width: int) -> None:
    lines = drawn(board, width)
    assert len(lines) == 4
    assert max(map(len, lines)) <= width
    assert lines[1].split()[0] == "placebo"
    assert "0/500" in lines[1]
    head = lines[2].split()
    assert head[0] == "repair-head"
    assert head[-3:] == ["125/500", "2", "0.250"]
    assert lines[3].endswith("not finite")


def test_in_a_pipe_nobody_watches() -> None:
    out = io.StringIO()
    with shown(steps=10, console=Console(file=out)) as watch:
        assert watch is None
    assert out.getvalue() == ""


def test_quiet_is_quiet_on_a_terminal_too() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True)
    with shown(steps=10, wanted=False, console=console) as watch:
        assert watch is None
    assert out.getvalue() == ""


def test_on_a_terminal_the_arms_are_shown_and_taken_away() -> None:
    out = io.StringIO()
    with shown(steps=10, console=Console(file=out, force_terminal=True, width=80)) as watch:
        assert watch is not None
        watch("placebo", Run(seed=0, steps=(5,), score=1.0), 10)
    assert "5/10" in out.getvalue()
    assert out.getvalue().rstrip().endswith("\x1b[2K")
