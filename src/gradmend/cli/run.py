"""`gradmend run`: a training script, unchanged, and a verdict on every fit in it.

Imports neither Keras nor a backend: the script may choose its backend first.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console

from gradmend.cli._backend import choose_backend
from gradmend.cli._console import PIPE_WIDTH, console, promised
from gradmend.records import Verdict, Visit
from gradmend.report.blocks import Note
from gradmend.report.document import Document
from gradmend.report.run_json import fit_data, run_text
from gradmend.report.several import documents_of
from gradmend.report.terminal import render
from gradmend.report.words import plain
from gradmend.script import ScriptReport
from gradmend.script import run as run_script

FAILING = {
    "sick": frozenset({Verdict.SICK}),
    "watch": frozenset({Verdict.SICK, Verdict.WATCH}),
}
PATH = click.Path(path_type=Path)


@click.command(context_settings={"allow_interspersed_args": False})
@click.option("-m", "module", is_flag=True, help="SCRIPT is a module, as in `python -m`.")
@click.option("--json", "json_file", type=PATH, help="Also write everything to this file.")
@click.option("--report", "folder", type=PATH, help="Write report.html, .md, .txt and .json to a folder.")
@click.option(
    "--fail-on",
    type=click.Choice(list(FAILING)),
    help="Exit with 1 on this verdict or a worse one, when the script itself succeeds.",
)
@click.argument("script")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(
    ctx: click.Context,
    module: bool,  # noqa: FBT001 - click passes flags by name
    json_file: Path | None,
    folder: Path | None,
    fail_on: str | None,
    script: str,
    arguments: tuple[str, ...],
) -> None:
    """Run the training SCRIPT unchanged, and say why it does not learn.

    Everything after SCRIPT belongs to the script; so does the exit code. At every
    `fit` the first batch is examined and the loss is followed.
    """
    files = _promised(json_file, folder)
    stdout = sys.stdout  # the script may put another in its place
    choose_backend()
    report = run_script(script, list(arguments), module=module)
    name = script if module else Path(script).name
    documents = documents_of(_visits(name, report))
    _print(report, documents, stdout)
    _write(report, name, documents, files)
    failed = fail_on is not None and report.verdict in FAILING[fail_on]
    ctx.exit(report.exit_code or int(failed))


def _promised(json_file: Path | None, folder: Path | None) -> dict[Path, str]:
    """Return the files to write at the end, each with its form."""
    files = {promised(json_file): "json"} if json_file else {}
    if folder:
        if not folder.exists():
            promised(folder).mkdir()
        files[promised(folder / "report.json")] = "json"
        files[promised(folder / "report.txt")] = "text"
        files[promised(folder / "report.html")] = "html"
        files[promised(folder / "report.md")] = "markdown"
    return files


def _visits(name: str, report: ScriptReport) -> list[tuple[str, Visit]]:
    if not report.fits:
        return [(name, Visit(verdict=report.verdict, reason=report.reason))]
    return [
        (f"{fit.where} fit {fit.number}" if len(report.fits) > 1 else fit.where, fit.visit)
        for fit in report.fits
    ]


def _print(report: ScriptReport, documents: tuple[Document, ...], stdout: TextIO) -> None:
    target = console(stdout)
    target.print()  # the script may have left a line open
    target.rule("gradmend", characters="-" if target.options.ascii_only else "─")
    _tell(report, documents, target)


def _tell(report: ScriptReport, documents: tuple[Document, ...], target: Console) -> None:
    for index, document in enumerate(documents):
        if index:
            target.print()
        render(document, target)
    if report.error is not None and report.fits and not _told(report.error, report):
        note = Note(text=f"the script ended with {plain(report.error)}")
        render(Document(title="", blocks=(note,)), target)


def _told(error: str, report: ScriptReport) -> bool:
    """Whether the fit that the error ended has told it."""
    visits = [fit.visit for fit in report.fits]
    courses = [v.measurements.course for v in visits if v.measurements is not None]
    return any(error in v.reason for v in visits) or any(c and c.error == error for c in courses)


def _write(
    report: ScriptReport, name: str, documents: tuple[Document, ...], files: dict[Path, str]
) -> None:
    for path, form in files.items():
        with path.open("w", encoding="utf-8") as file:
            if form == "text":
                _tell(report, documents, Console(file=file, width=PIPE_WIDTH, color_system=None))
            else:
                file.write(_json(report, name))


def _json(report: ScriptReport, name: str) -> str:
    return run_text(
        verdict=report.verdict,
        reason=report.reason,
        script=name,
        exit_code=report.exit_code,
        error=report.error,
        fits=[fit_data(f.visit, number=f.number, where=f.where) for f in report.fits],
    )
