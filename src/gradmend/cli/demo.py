"""`gradmend demo`: build a patient of the gallery, check it, and tell the known answer."""

from __future__ import annotations

import click

from gradmend.cli._backend import choose_backend
from gradmend.cli._console import console
from gradmend.gallery import patient_named
from gradmend.report.document import document_of
from gradmend.report.terminal import render

DEFAULT = "sigmoid-30"


@click.command()
@click.argument("name", required=False, default=DEFAULT)
@click.option("--seed", type=int, default=0, show_default=True, help="Where the weights start.")
def command(name: str, seed: int) -> None:
    """Check a patient of the gallery; without NAME, 30 sigmoid layers on digits.

    The exit code is 0 whatever the verdict: the patient is sick on purpose.
    """
    patient = patient_named(name)
    choose_backend()
    from gradmend.checkup import check

    case = patient.build(seed)
    visit = check(case.model, case.x, case.y).visit
    render(document_of(visit, title=patient.title), console())
    click.echo(f"\nKnown answer: {patient.answer} ({patient.source}).")
