"""The arms on a terminal while they train, a line each; nothing in a pipe."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from gradmend.records import Run
from gradmend.trials.entry import Watch

PER_SECOND = 4
BAR = 10  # columns
FIXED = 23  # columns of the other numbers, and between them
SHORTEST = 8  # columns of a name
JUSTIFIED: tuple[JustifyMethod, ...] = ("left", "left", "right", "right", "right")


class Board:
    """What is known of each arm: the run it is in, drawn as a table."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._runs: dict[str, dict[int, Run]] = {}
        self._now = ""

    def watch(self, arm: str, run: Run, until: int) -> None:
        """Note how far an arm has come; the race, or a thread that listens, tells it."""
        self._runs.setdefault(arm, {})[run.seed] = run
        self._now = arm

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it; on a narrow terminal the names give way."""
        room = max(options.max_width - BAR - 2 * len(str(self._steps)) - FIXED, SHORTEST)
        table = Table.grid(padding=(0, 1), expand=False)
        for justify in JUSTIFIED:
            table.add_column(no_wrap=True, justify=justify)
        table.add_row("arm", "", "steps", "seed", "loss/trivial", style="bold")
        for arm, runs in list(self._runs.items()):
            name = arm if len(arm) <= room else f"{arm[: room - 3]}..."
            table.add_row(name, *self._row(list(runs.values())), style=self._style(arm))
        yield table

    def _row(self, runs: list[Run]) -> tuple[str | ProgressBar, ...]:
        run = runs[-1]
        done = run.steps[-1] if run.steps else 0
        bar = ProgressBar(total=self._steps, completed=done, width=BAR)
        return bar, f"{done}/{self._steps}", str(len(runs)), _share(runs)

    def _style(self, arm: str) -> str:
        return "" if arm == self._now else "dim"


def _share(runs: list[Run]) -> str:
    """The mean over the seeds that have a score, as in the table at the end."""
    scores = [run.score for run in runs if run.steps]
    if not scores:
        return ""
    mean = sum(scores) / len(scores)
    return f"{mean:.3f}" if math.isfinite(mean) else "not finite"


@contextmanager
def shown(
    *, steps: int, wanted: bool | None = None, console: Console | None = None
) -> Iterator[Watch | None]:
    """Yield what the race tells its progress to, None where nobody watches.

    `steps` are those of a whole run. On a terminal unless `wanted` says otherwise; it is gone
    when the trial is over, for the outcome has a table of its own.
    """
    console = Console(stderr=True) if console is None else console
    if not (console.is_terminal if wanted is None else wanted):
        yield None
        return
    board = Board(steps)
    with Live(board, console=console, refresh_per_second=PER_SECOND, transient=True):
        yield board.watch
