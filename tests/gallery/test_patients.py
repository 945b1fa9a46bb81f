"""The table of patients: names, answers, and models that are ready to be checked."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from gradmend.errors import UsageError
from gradmend.gallery import CASES, PATIENTS, TRAINED, Patient, _data, entry_named, patient_named
from gradmend.records import Verdict

QUICK = ("relu-5", "one-unit-softmax", "ten-rows", "weighted-outputs", "mixed-float16")


def test_names_are_unique_and_readable() -> None:
    names = [patient.name for patient in PATIENTS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient.name)
def test_every_patient_has_an_answer_and_its_source(patient: Patient) -> None:
    assert patient.verdicts
    assert Verdict.UNKNOWN not in patient.verdicts
    assert (Verdict.SICK in patient.verdicts) == bool(patient.causes)
    assert patient.title
    assert patient.source


def test_there_are_sick_and_healthy_ones() -> None:
    assert sum(patient.sick for patient in PATIENTS) >= 10
    assert sum(patient.verdicts == {Verdict.HEALTHY} for patient in PATIENTS) >= 20


@pytest.mark.parametrize("name", QUICK)
def test_a_case_can_be_trained_on(name: str) -> None:
    case = patient_named(name).build(0)
    assert case.model.built
    case.model.fit(case.x, case.y, epochs=1, steps_per_epoch=1, verbose=0)


def test_a_seed_gives_the_same_patient_again() -> None:
    def weights(seed: int) -> list[float]:
        return [float(w.sum()) for w in patient_named("relu-5").build(seed).model.get_weights()]

    assert weights(1) == weights(1)
    assert weights(1) != weights(2)


def test_the_answer_in_words() -> None:
    assert patient_named("dead-by-bias").answer == "sick: bias"
    assert patient_named("relu-30-glorot").answer == "healthy or watch"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        patient_named("relu-6")
    assert str(caught.value).startswith("there is no patient 'relu-6'.")
    assert "relu-5" in str(caught.value)


def test_importing_the_gallery_imports_no_framework() -> None:
    heavy = ("keras", "numpy", "sklearn", "jax", "tensorflow", "torch")
    code = f"import sys, gradmend.gallery; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_absent_data_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(UsageError) as caught:
        _data.digits()
    assert str(caught.value).startswith("this patient needs the data sets of scikit-learn.")
    assert "Try: pip install 'gradmend[examples]'" in str(caught.value)


def test_all_names_of_the_gallery_differ() -> None:
    names = [entry.name for entry in (*PATIENTS, *TRAINED, *CASES)]
    assert len(set(names)) == len(names)
    assert entry_named(" Fading-Rate ").answer == "sick: learning-rate"
    with pytest.raises(UsageError) as caught:
        entry_named("fading-rat")
    assert "fading-rate" in str(caught.value)
