"""`gradmend check`: a saved model and one batch in, a verdict and an exit code out."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from gradmend.cli._backend import choose_backend
from gradmend.cli._console import console, promised
from gradmend.records import Verdict, Visit
from gradmend.report.document import document_of
from gradmend.report.forms import FORMS
from gradmend.report.json import dumps
from gradmend.report.terminal import render

EXIT_CODES = {Verdict.HEALTHY: 0, Verdict.WATCH: 0, Verdict.SICK: 1, Verdict.UNKNOWN: 2}
FILE = click.Path(path_type=Path)


@click.command()
@click.argument("model", type=FILE)
@click.option("--data", required=True, type=FILE, help="An .npz file with the arrays x and y.")
@click.option("--json", "json_file", type=FILE, help="Also write the check-up to this file.")
@click.option("--html", "html_file", type=FILE, help="Also write a page with all pictures.")
@click.option("--markdown", "markdown_file", type=FILE, help="Also write a comment for a review.")
@click.option("--batch-size", type=click.IntRange(min=1), help="How many samples to measure.")
@click.option(
    "--custom-objects",
    multiple=True,
    type=FILE,
    metavar="FILE.py",
    help="Run this file first: it defines classes or functions the model needs.",
)
@click.option("--through-time", is_flag=True, help="Unroll recurrent layers: exact gradients.")
@click.option(
    "--lag",
    type=click.IntRange(min=1),
    metavar="STEPS",
    help="How far before the end the answer stands; implies --through-time.",
)
@click.option("--trust-model", is_flag=True, help="Load code stored in the model, such as Lambda.")
@click.pass_context
def command(  # noqa: PLR0913 - one argument per option
    ctx: click.Context,
    *,
    model: Path,
    data: Path,
    json_file: Path | None,
    html_file: Path | None,
    markdown_file: Path | None,
    batch_size: int | None,
    through_time: bool,
    lag: int | None,
    custom_objects: tuple[Path, ...],
    trust_model: bool,
) -> None:
    """Say what is wrong with the saved MODEL, from one batch of data.

    Exit code: 0 healthy or watch, 1 sick, 2 could not judge or wrong use.
    """
    target = promised(json_file) if json_file else None
    pages = [
        (promised(file), form)
        for file, form in ((html_file, ".html"), (markdown_file, ".md"))
        if file is not None
    ]
    choose_backend()
    settings = {"batch_size": batch_size, "through_time": through_time, "lag": lag}
    visit = _visit(model, data, custom_objects, settings, trust=trust_model)
    if target:
        target.write_text(dumps(visit), encoding="utf-8")
    document = document_of(visit, title=model.name, command=_typed(model, data, batch_size))
    for file, form in pages:
        file.write_text(FORMS[form]([document]), encoding="utf-8")
    render(document, console())
    ctx.exit(EXIT_CODES[visit.verdict])


def _typed(model: Path, data: Path, batch_size: int | None) -> str:
    """Return the command that does it again."""
    size = [] if batch_size is None else ["--batch-size", str(batch_size)]
    return shlex.join(["gradmend", "check", str(model), "--data", str(data), *size])


def _visit(
    model: Path, data: Path, custom: tuple[Path, ...], settings: dict[str, Any], *, trust: bool
) -> Visit:
    from gradmend.cli._data_file import lacks, load_arrays
    from gradmend.cli._model_file import load_model

    loaded = load_model(model, custom_objects=custom, trust=trust)
    arrays = load_arrays(data)
    if arrays.y is None and getattr(loaded, "loss", None) is not None:
        raise lacks(data, "y")
    from gradmend.checkup import check

    return check(loaded, arrays.x, arrays.y, arrays.sample_weight, **settings).visit
