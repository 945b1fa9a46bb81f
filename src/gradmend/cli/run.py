"""`gradmend run`: a training script, unchanged, and a verdict on every fit in it.

Imports neither Keras nor a backend: the script may choose its backend first.
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click

from gradmend.cli._backend import choose_backend
from gradmend.cli._console import console, promised
from gradmend.cli._mend_run import mend_and_tell
from gradmend.records import Verdict, Visit
from gradmend.report.blocks import Note
from gradmend.report.document import Document
from gradmend.report.forms import FORMS
from gradmend.report.run_json import fit_data, run_text
from gradmend.report.several import documents_of
from gradmend.report.terminal import render
from gradmend.report.words import plain
from gradmend.script import FitReport, ScriptReport
from gradmend.script import run as run_script

FAILING = {
    "sick": frozenset({Verdict.SICK}),
    "watch": frozenset({Verdict.SICK, Verdict.WATCH}),
}
PATH = click.Path(path_type=Path)


@click.command(context_settings={"allow_interspersed_args": False})
@click.option("-m", "module", is_flag=True, help="SCRIPT is a module, as in `python -m`.")
@click.option("--json", "json_file", type=PATH, help="Also write everything to this file.")
@click.option(
    "--report", "folder", type=PATH, help="Write report.html, .md, .txt and .json to a folder."
)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAILING)),
    help="Exit with 1 on this verdict or a worse one, when the script itself succeeds.",
)
@click.option("--mend", "mends", is_flag=True, help="Afterwards try the cures; print a diff.")
@click.option("--budget", help='With --mend: steps per arm (800) or time for all ("5 min").')
@click.option(
    "--workers", type=click.IntRange(min=1), default=1, help="With --mend: processes for the arms."
)
@click.option("--quiet", is_flag=True, help="With --mend: do not show how far the trial has come.")
@click.argument("script")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(  # noqa: PLR0913 - one argument per option
    ctx: click.Context,
    *,
    module: bool,
    json_file: Path | None,
    folder: Path | None,
    fail_on: str | None,
    mends: bool,
    budget: str | None,
    workers: int,
    quiet: bool,
    script: str,
    arguments: tuple[str, ...],
) -> None:
    """Run the training SCRIPT unchanged, and say why it does not learn.

    Everything after SCRIPT belongs to the script; so does the exit code. At every
    `fit` the first batch is examined and the loss is followed. With --mend the cures
    of the worst fit are tried when the script has ended.
    """
    files = _promised(json_file, folder)
    stdout = sys.stdout  # the script may put another in its place
    choose_backend()
    report = run_script(script, list(arguments), module=module, keep=mends)
    name = script if module else Path(script).name
    typed = shlex.join(["gradmend", "run", *(["-m"] if module else []), script, *arguments])
    documents = _documents(report, documents_of(_visits(name, report), command=typed))
    _print(documents, stdout)
    _write(report, name, documents, files)
    if mends:
        mend_and_tell(
            report, script, target=console(stdout), module=module,
            budget=budget, workers=workers, progress=False if quiet else None,
        )  # fmt: skip
    failed = fail_on is not None and report.verdict in FAILING[fail_on]
    ctx.exit(report.exit_code or int(failed))


def _promised(json_file: Path | None, folder: Path | None) -> dict[Path, str]:
    """Return the files to write at the end, each with its form."""
    files = {promised(json_file): ".json"} if json_file else {}
    if folder:
        if not folder.exists():
            promised(folder).mkdir()
        # The pages last: whatever may go wrong with them, the numbers are on disk.
        forms = (".json", ".txt", ".md", ".html")
        files |= {promised(folder / f"report{form}"): form for form in forms}
    return files


def _visits(name: str, report: ScriptReport) -> list[tuple[str, Visit]]:
    if not report.fits:
        return [(name, Visit(verdict=report.verdict, reason=report.reason))]
    alone = len(report.fits) == 1
    return [(_title(fit, alone=alone), fit.visit) for fit in report.fits]


def _title(fit: FitReport, *, alone: bool) -> str:
    if fit.calls > 1:
        return f"{fit.where} fit {fit.number} to {fit.number + fit.calls - 1}"
    return fit.where if alone else f"{fit.where} fit {fit.number}"


def _documents(report: ScriptReport, fits: tuple[Document, ...]) -> tuple[Document, ...]:
    """Add the error that ended the script, where none of the fits has told it."""
    if report.error is None or not report.fits or _told(report.error, report):
        return fits
    note = Note(text=f"the script ended with {plain(report.error)}")
    return (*fits[:-1], replace(fits[-1], blocks=(*fits[-1].blocks, note)))


def _print(documents: tuple[Document, ...], stdout: TextIO) -> None:
    target = console(stdout)
    target.print()  # the script may have left a line open
    target.rule("gradmend", characters="-" if target.options.ascii_only else "─")
    for index, document in enumerate(documents):
        if index:
            target.print()
        render(document, target)


def _told(error: str, report: ScriptReport) -> bool:
    """Whether the fit that the error ended has told it."""
    visits = [fit.visit for fit in report.fits]
    courses = [v.measurements.course for v in visits if v.measurements is not None]
    return any(error in v.reason for v in visits) or any(c and c.error == error for c in courses)


def _write(
    report: ScriptReport, name: str, documents: tuple[Document, ...], files: dict[Path, str]
) -> None:
    for path, form in files.items():
        text = _json(report, name) if form == ".json" else FORMS[form](documents)
        path.write_text(text, encoding="utf-8")


def _json(report: ScriptReport, name: str) -> str:
    return run_text(
        verdict=report.verdict,
        reason=report.reason,
        script=name,
        exit_code=report.exit_code,
        error=report.error,
        fits=[
            fit_data(f.visit, number=f.number, where=f.where, calls=f.calls) for f in report.fits
        ],
    )
