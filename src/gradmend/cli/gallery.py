"""`gradmend gallery`: the patients with known answers, by name. Needs no Keras."""

from __future__ import annotations

import click
from rich.table import Table

from gradmend.cli._console import console
from gradmend.gallery import PATIENTS


@click.command()
def command() -> None:
    """List the patients: models with a known answer, to try gradmend on."""
    table = Table("name", "what it is", "known answer", box=None, pad_edge=False)
    for patient in PATIENTS:
        table.add_row(patient.name, patient.title, patient.answer)
    console().print(table)
    click.echo("\ngradmend demo NAME checks one of them.")
