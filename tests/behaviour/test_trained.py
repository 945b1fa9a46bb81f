"""Patients whose answer only a training shows: the sick ones are named, their twins left alone."""

from __future__ import annotations

import pytest

from gradmend.cli.demo import trained_visit
from gradmend.gallery import TRAINED, TrainedPatient
from gradmend.records import Visit

# The rule that each sick one is there for.
CODES = {
    "linear-on-rings": "A105",
    "fading-rate": "S105",
    "sorted-unshuffled": "D105",
    "wrong-sign": "T105",
    "weightless-rows": "D106",
    "one-step-epochs": "S106",
    "sigmoid-state": "R107",
    "labels-by-heart": "T106",
    "one-hot-attention": "I101",
    "unix-time": "N107",
    "scaled-ids": "D107",
    "divided-again": "T107",
}
FOLLOWS = {"one-hot-attention": "A106"}  # said as well, below its cause


def assert_right(visit: Visit, patient: TrainedPatient) -> None:
    """The verdict is a known one, and a sick patient's first finding has a known cause."""
    told = f"{patient.name}: {visit.reason} {[f.code for f in visit.findings]}"
    assert visit.verdict in patient.verdicts, told
    if patient.causes:
        assert visit.findings[0].cause in patient.causes, told
        assert visit.findings[0].code == CODES[patient.name], told
        assert FOLLOWS.get(patient.name, CODES[patient.name]) in {f.code for f in visit.findings}


@pytest.mark.parametrize("patient", TRAINED, ids=lambda patient: patient.name)
def test_trained_patients(patient: TrainedPatient) -> None:
    assert_right(trained_visit(patient, 0), patient)


def test_every_sick_one_has_its_rule() -> None:
    assert {patient.name for patient in TRAINED if patient.causes} == set(CODES)
