"""`gradmend mend`: a saved model and its training data in, a mended model out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gradmend.cli._backend import choose_backend
from gradmend.cli._console import console, promised
from gradmend.errors import FileError, ModelError, teach
from gradmend.mending import Mending
from gradmend.records import Outcome, Verdict

FILE = click.Path(path_type=Path)
REPORTS = (".json", ".txt", ".md", ".html")


@click.command()
@click.argument("model", type=FILE)
@click.option("--data", required=True, type=FILE, help="An .npz file: all of the training data.")
@click.option("--validation", type=FILE, help="An .npz file to judge by; else a fifth is held out.")
@click.option("-o", "--output", required=True, type=FILE, help="The .keras file to write.")
@click.option("--budget", help='Steps per arm (800) or time for all ("5 min").')
@click.option("--batch-size", type=click.IntRange(min=1), help="Rows per step; default 32.")
@click.option(
    "--lag",
    type=click.IntRange(min=1),
    metavar="STEPS",
    help="How far before the end of a sequence the answer stands.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=1, help="Processes that train arms; default 1."
)
@click.option("--quiet", is_flag=True, help="Do not show how far the trial has come.")
@click.option("--json", "json_file", type=FILE, help="Also write the trial to this file.")
@click.option(
    "--report", "folder", type=FILE, help="Write mending.html, .md, .txt and .json to a folder."
)
@click.option(
    "--custom-objects",
    multiple=True,
    type=FILE,
    metavar="FILE.py",
    help="Run this file first: it defines classes or functions the model needs.",
)
@click.option("--trust-model", is_flag=True, help="Load code stored in the model, such as Lambda.")
@click.pass_context
def command(  # noqa: PLR0913 - one argument per option
    ctx: click.Context,
    *,
    model: Path,
    data: Path,
    validation: Path | None,
    output: Path,
    budget: str | None,
    batch_size: int | None,
    lag: int | None,
    workers: int,
    quiet: bool,
    json_file: Path | None,
    folder: Path | None,
    custom_objects: tuple[Path, ...],
    trust_model: bool,
) -> None:
    """Try the cures for what is wrong with the saved MODEL, and keep what is proven.

    Nothing is written to OUTPUT unless a cure is proven. Exit code: 0 mended, or healthy;
    1 sick, and nothing was proven to help; 2 wrong use.
    """
    target, tables = _keras_file(output), _promised(json_file, folder)
    choose_backend()
    from gradmend.cli._model_file import load_model

    loaded = load_model(model, custom_objects=custom_objects, trust=trust_model)
    settings = {"budget": budget, "batch_size": batch_size, "lag": lag, "workers": workers}
    settings["progress"] = False if quiet else None
    mending = _mending(loaded, data, validation, settings)
    console().print(repr(mending), markup=False, highlight=False)
    for table in tables:
        mending.save(table)
    if mending.verdict is Outcome.BETTER:
        _write(mending, target)
        console().print(f"\nwritten to {output}", markup=False, highlight=False)
    ctx.exit(int(mending.verdict is not Outcome.BETTER and mending.visit.verdict is Verdict.SICK))


def _mending(
    model: object, data: Path, validation: Path | None, settings: dict[str, Any]
) -> Mending:
    from gradmend.cli._data_file import load_arrays
    from gradmend.mending import mend

    train = load_arrays(data)
    judged = None if validation is None else tuple(load_arrays(validation))
    return mend(model, train.x, train.y, judged, train.sample_weight, **settings)


def _promised(json_file: Path | None, folder: Path | None) -> list[Path]:
    """Return the files to write at the end; of a folder, the numbers before the pages."""
    files = [promised(json_file)] if json_file else []
    if folder:
        if not folder.exists():
            promised(folder).mkdir()
        files += [promised(folder / f"mending{form}") for form in REPORTS]
    return files


def _write(mending: Mending, target: Path) -> None:
    """Keep the weights, at the least, of a model that no file can hold."""
    try:
        mending.save(target)
    except ModelError:
        weights = target.with_suffix(".weights.h5")
        mending.model.save_weights(weights)
        console().print(f"\nweights written to {weights}", markup=False, highlight=False)
        raise


def _keras_file(path: Path) -> Path:
    if path.suffix != ".keras":
        raise FileError(
            teach(
                f"a mended model cannot be written to {str(path)!r}.",
                expected="a file that ends in .keras",
                received=str(path),
                means="the suffix was forgotten, or names an older format.",
                attempt=f"-o {path.with_suffix('.keras')}",
            )
        )
    return promised(path)
