"""Patients whose answer only a training shows: the sick ones are named, their twins left alone."""

from __future__ import annotations

import pytest

from gradmend.cli.demo import trained_visit
from gradmend.gallery import TRAINED, TrainedPatient
from gradmend.records import Verdict, Visit

# The rule that each sick one is there for.
CODES = {"linear-on-rings": "A105", "fading-rate": "S105", "sorted-unshuffled": "D105"}


def assert_right(visit: Visit, patient: TrainedPatient) -> None:
    """The verdict is a known one, and a sick patient's first finding has a known cause."""
    told = f"{patient.name}: {visit.reason} {[f.code for f in visit.findings]}"
    assert visit.verdict in patient.verdicts, told
    if visit.verdict is Verdict.SICK:
        assert visit.findings[0].cause in patient.causes, told
        assert visit.findings[0].code == CODES[patient.name], told


@pytest.mark.parametrize("patient", TRAINED, ids=lambda patient: patient.name)
def test_trained_patients(patient: TrainedPatient) -> None:
    assert_right(trained_visit(patient, 0), patient)


def test_every_sick_one_has_its_rule() -> None:
    assert {patient.name for patient in TRAINED if patient.sick} == set(CODES)
