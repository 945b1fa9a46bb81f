"""`gradmend gallery`: the patients and programs with known answers, by name. Needs no Keras."""

from __future__ import annotations

import click
from rich.table import Table

from gradmend.cli._console import console
from gradmend.gallery import CASES, PATIENTS, TRAINED

KINDS = (("check-up", PATIENTS), ("training", TRAINED), ("real program", CASES))


@click.command()
def command() -> None:
    """List the patients: models and programs with a known answer, to try gradmend on."""
    table = Table("name", "kind", "what it is", "known answer", box=None, pad_edge=False)
    for kind, entries in KINDS:
        for entry in entries:
            table.add_row(entry.name, kind, entry.title, entry.answer)
    console().print(table)
    click.echo(
        "\ngradmend demo NAME examines one of them. A check-up reads one batch; a training, and a "
        "real program, is trained first."
    )
