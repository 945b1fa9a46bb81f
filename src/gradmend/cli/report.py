"""`gradmend report`: the report of a recorded training. Needs no Keras."""

from __future__ import annotations

from pathlib import Path

import click

from gradmend.cli._console import console, promised
from gradmend.cli._tensorboard import write_events
from gradmend.records.run_store import open_run
from gradmend.report.forms import FORMS
from gradmend.report.recorded import recorded
from gradmend.report.terminal import render

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("run", type=FILE)
@click.option(
    "-o",
    "--output",
    "files",
    multiple=True,
    type=FILE,
    help="Also write to this file: .html, .md or .txt.",
)
@click.option(
    "--tensorboard",
    "events",
    type=FILE,
    metavar="DIR",
    help="Also write event files for TensorBoard to a folder in DIR.",
)
def command(run: Path, files: tuple[Path, ...], events: Path | None) -> None:
    """Tell how a recorded training went: finished, still going on, or killed.

    RUN is a file that GradientMonitor(log_dir=...) wrote, or the folder, of which the newest run
    is taken.
    """
    targets = [(promised(file), _form(file)) for file in files]
    read = open_run(run)
    document = recorded(read)
    for file, form in targets:
        file.write_text(FORMS[form]([document]), encoding="utf-8")
    render(document, console())
    if events is not None:
        write_events(read, events)
        click.echo(f"to see it: tensorboard --logdir {events}")


def _form(file: Path) -> str:
    if file.suffix not in FORMS:
        raise click.BadParameter(
            f"a report cannot be written as {file.suffix or file.name!r}; use {', '.join(FORMS)}",
            param_hint="--output",
        )
    return file.suffix
