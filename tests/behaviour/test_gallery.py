"""Every patient of the gallery gets a right verdict, and a sick one its root cause first."""

from __future__ import annotations

import pytest

import gradmend
from gradmend.gallery import PATIENTS, Patient, patient_named
from gradmend.records import Severity, Verdict

SMALL = [patient for patient in PATIENTS if not patient.large]
LARGE = [patient for patient in PATIENTS if patient.large]
# It compiles in a quarter of a minute; the others wait for `make test-applications`.
ONE = patient_named("vgg16")


def examined(patient: Patient, seed: int = 0) -> gradmend.Checkup:
    """The check-up of a patient, with its data."""
    return gradmend.check(*patient.build(seed))


def assert_right(checkup: gradmend.Checkup, patient: Patient) -> None:
    """The verdict is one of the known ones, and a sick patient's first cause as well."""
    told = f"{patient.name}: {checkup.reason} {[f.code for f in checkup.findings]}"
    assert checkup.verdict in patient.verdicts, told
    if checkup.verdict is Verdict.SICK:
        assert checkup.findings[0].cause in patient.causes, told
        assert checkup.findings[0].explained_by is None


@pytest.mark.slow
@pytest.mark.parametrize("patient", SMALL, ids=lambda patient: patient.name)
def test_small_patients(patient: Patient) -> None:
    assert_right(examined(patient), patient)


def test_a_rare_class_is_noted_and_harms_nobody() -> None:
    checkup = examined(patient_named("rare-class"))
    assert [(f.code, f.severity) for f in checkup.findings] == [("L107", Severity.NOTE)]
    assert checkup.verdict is Verdict.HEALTHY
    assert not examined(patient_named("clinic-table")).findings


@pytest.mark.slow
@pytest.mark.backend("torch")  # which compiles nothing
def test_a_published_network() -> None:
    assert_right(examined(ONE), ONE)


@pytest.mark.applications
@pytest.mark.slow
@pytest.mark.parametrize("patient", LARGE, ids=lambda patient: patient.name)
def test_all_published_networks(patient: Patient) -> None:
    assert_right(examined(patient), patient)


def test_a_wrong_answer_is_seen() -> None:
    checkup = examined(patient_named("one-unit-softmax"))
    with pytest.raises(AssertionError):
        assert_right(checkup, patient_named("relu-5"))
    with pytest.raises(AssertionError):
        assert_right(checkup, patient_named("dead-by-bias"))
