"""`gradmend compare`: recorded trainings side by side. Needs no Keras."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from gradmend.cli._console import console, promised
from gradmend.errors import UsageError, teach
from gradmend.records.run_rows import weight_rows
from gradmend.records.run_store import SUFFIX, open_run
from gradmend.records.training import TrainingRun
from gradmend.report.compared import compared
from gradmend.report.terminal import render

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("runs", nargs=-1, type=FILE, metavar="RUN RUN...")
@click.option("--csv", "csv_file", type=FILE, help="Also write every weight in every sample to it.")
def command(runs: tuple[Path, ...], csv_file: Path | None) -> None:
    """Show recorded trainings side by side.

    RUN is a file that GradientMonitor(log_dir=...) wrote, or the folder, of which the
    newest run is taken.
    """
    if len(runs) < 2:
        raise UsageError(_too_few(runs))
    target = promised(csv_file) if csv_file else None
    read = [replace(open_run(run), name=name) for run, name in zip(runs, _names(runs), strict=True)]
    render(compared(read), console())
    if target is not None:
        _write(target, read)


def _names(runs: tuple[Path, ...]) -> list[str]:
    """Return the last part of each path, or all of it where that would be the same twice."""
    short = [run.absolute().name.removesuffix(SUFFIX) for run in runs]
    return short if len(set(short)) == len(short) else [str(run) for run in runs]


def _write(file: Path, runs: Sequence[TrainingRun]) -> None:
    rows = [row for run in runs for row in weight_rows(run)]
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]) if rows else ["run"])
        writer.writeheader()
        writer.writerows(rows)


def _too_few(runs: tuple[Path, ...]) -> str:
    return teach(
        "there is nothing to compare with.",
        expected="two runs or more",
        received=f"{len(runs)}",
        means="the second run is missing on the command line.",
        attempt="gradmend compare runs_before runs_after",
    )
