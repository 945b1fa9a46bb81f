"""`gradmend demo`: build a patient of the gallery, examine it, and tell the known answer."""

from __future__ import annotations

from contextlib import suppress

import click

from gradmend.cli._backend import choose_backend
from gradmend.cli._console import console
from gradmend.gallery import Patient, TrainedPatient, entry_named
from gradmend.records import Verdict, Visit
from gradmend.report.document import document_of
from gradmend.report.terminal import render

DEFAULT = "sigmoid-30"


@click.command()
@click.argument("name", required=False, default=DEFAULT)
@click.option("--seed", type=int, default=0, show_default=True, help="Where the weights start.")
def command(name: str, seed: int) -> None:
    """Examine a patient of the gallery; without NAME, 30 sigmoid layers on digits.

    Patients of the kind "training" and real programs are trained, as `gradmend run` would see
    them; the others are checked on one batch. The exit code is 0 whatever the verdict: the
    patient is sick on purpose.
    """
    patient = entry_named(name)
    choose_backend()
    visit = (
        _checked(patient, seed) if isinstance(patient, Patient) else trained_visit(patient, seed)
    )
    render(document_of(visit, title=patient.title), console())
    click.echo(f"\nKnown answer: {patient.answer} ({patient.source}).")


def _checked(patient: Patient, seed: int) -> Visit:
    from gradmend.checkup import check

    case = patient.build(seed)
    return check(case.model, case.x, case.y).visit


def trained_visit(patient: TrainedPatient, seed: int) -> Visit:
    """Train a program of the gallery as `gradmend run` would see it; return the visit."""
    import keras

    from gradmend.monitor.attendance import Attendance
    from gradmend.script.clinic import house_clinic

    program = patient.build(seed)
    case, attendance = program.compiled(), Attendance(clinic=house_clinic())
    # Some programs are refused by the backend; the visit says so.
    with suppress(Exception):
        attendance.run(keras.Model.fit, case.model, case.x, case.y, **program.fit_arguments)
    return attendance.visit or Visit(
        verdict=Verdict.UNKNOWN, reason="The training could not be followed.", certainty="certain"
    )
