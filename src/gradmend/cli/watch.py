"""`gradmend watch`: follow a running training on the terminal. Needs no Keras."""

from __future__ import annotations

import time
from pathlib import Path

import click
from rich.console import Console, Group
from rich.live import Live

from gradmend.cli._console import console
from gradmend.records.run_store import open_run, run_file
from gradmend.records.training import TrainingRun
from gradmend.report.live import frame

EVERY = 1.0  # seconds between two looks


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--once", is_flag=True, help="Print one picture and end.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0.0),
    default=600.0,
    show_default=True,
    help="End after so many seconds without anything new.",
)
def command(run: Path, *, once: bool, patience: float) -> None:
    """Follow a training while it runs: layers, gradients, steps, loss, and findings as they appear.

    RUN is a file that GradientMonitor(log_dir=...) writes, or the folder, of which the newest run
    is taken. Ctrl-C ends the watching, never the training. It ends by itself when the
    training does.
    """
    file = run_file(run)
    target = console()
    if once or not target.is_terminal:
        target.print(_picture(open_run(file), target, _silent(file)))
        return
    try:
        _follow(file, target, patience)
    except KeyboardInterrupt:
        target.print("the training goes on", style="dim")


def _follow(file: Path, target: Console, patience: float) -> None:
    read, seen = open_run(file), _written(file)
    with Live(console=target, auto_refresh=False, transient=False) as live:
        while True:
            live.update(_picture(read, target, _silent(file)), refresh=True)
            if read.finished or _broken(read) or _silent(file) > patience:
                return
            time.sleep(EVERY)
            if _written(file) != seen:
                seen, read = _written(file), open_run(file)


def _picture(run: TrainingRun, target: Console, silent: float) -> Group:
    height = target.height - 1 if target.is_terminal else 60
    return Group(*frame(run, width=target.width, height=height, silent=silent))


def _broken(run: TrainingRun) -> bool:
    return any(incident.kind == "error" for incident in run.incidents)


def _written(file: Path) -> float:
    """Return when the store was last written to; SQLite writes to the log beside it first."""
    log = file.with_name(f"{file.name}-wal")
    return max(part.stat().st_mtime for part in (file, log) if part.exists())


def _silent(file: Path) -> float:
    return max(time.time() - _written(file), 0.0)
