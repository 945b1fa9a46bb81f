"""An attended `fit` follows its layers on the examined batch, and judges nothing twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from gradmend.monitor import layers_followed
from gradmend.monitor.attendance import Attendance
from gradmend.monitor.layers_followed import with_findings
from gradmend.monitor.looks import Looks
from gradmend.records import Cause, Finding, Severity, Symptom, Verdict, Visit
from gradmend.script.clinic import house_clinic

X = np.random.default_rng(0).normal(size=(1280, 4)).astype("float32")
Y = X[:, :1] * X[:, 1:2] + X[:, 2:3]


def finding(code: str, severity: Severity = Severity.WARNING) -> Finding:
    return Finding(
        code=code,
        name=code.lower(),
        severity=severity,
        symptom=Symptom.DEAD_UNITS,
        cause=Cause.LEARNING_RATE,
        message=f"{code} was found",
    )


def visit(verdict: Verdict, *codes: str) -> Visit:
    return Visit(verdict=verdict, reason="why", findings=tuple(finding(code) for code in codes))


def trained(rate: float, *, attend: bool) -> tuple[Any, Any, Any]:
    keras.utils.set_random_seed(1)
    hidden = [keras.layers.Dense(32, "relu", name=n) for n in ("first", "second", "third")]
    layers = [*hidden, keras.layers.Dropout(0.1), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(keras.optimizers.Adam(rate), "mse")
    if not attend:
        return model.fit(X, Y, epochs=2, verbose=0).history, model.get_weights(), None
    attendance = Attendance(clinic=house_clinic())
    history = attendance.run(keras.Model.fit, model, X, Y, epochs=2, verbose=0).history
    return history, model.get_weights(), attendance.visit


def test_units_that_die_are_told_and_the_training_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Looks, "due", lambda self, step, seconds: step >= self._next)
    history, weights, seen = trained(0.5, attend=True)
    alone, expected, _ = trained(0.5, attend=False)
    assert history == alone
    assert all(np.array_equal(a, b) for a, b in zip(weights, expected, strict=True))
    [dead] = [f for f in seen.findings if f.code == "M107"]
    assert "from step" in dead.message
    assert next(e.value for e in dead.evidence if e.name == "at step") <= 64


def test_a_failure_that_only_the_loss_tells_is_explained() -> None:
    found = with_findings(visit(Verdict.SICK, "T102"), (finding("M107"),))
    assert [f.code for f in found.findings] == ["M107", "T102"]
    root, below = found.findings
    assert (root.explains, root.severity, below.explained_by) == (
        ("T102",),
        Severity.ERROR,
        "M107",
    )
    assert found.verdict is Verdict.SICK
    assert found.reason == "why; M107 was found"


def test_units_that_die_under_a_penalty_are_its_work() -> None:
    failed = visit(Verdict.SICK, "T102")
    drowned = replace(failed.findings[0], cause=Cause.REGULARIZATION)
    found = with_findings(replace(failed, findings=(drowned,)), (finding("M107"),))
    assert [(f.code, f.explained_by) for f in found.findings] == [("T102", None), ("M107", "T102")]


def test_a_cause_that_is_known_stays_first() -> None:
    found = with_findings(visit(Verdict.SICK, "S102", "T102"), (finding("M107"),))
    assert [f.code for f in found.findings] == ["S102", "T102", "M107"]
    assert found.findings[2].explained_by == "S102"
    assert found.reason == "why"


def test_a_training_that_goes_well_makes_notes_of_them() -> None:
    found = with_findings(visit(Verdict.HEALTHY), (finding("M107", Severity.ERROR),))
    assert (found.verdict, found.findings[0].severity) == (Verdict.HEALTHY, Severity.NOTE)


def test_what_could_not_be_judged_is_watched() -> None:
    found = with_findings(visit(Verdict.UNKNOWN), (finding("M108"),))
    assert (found.verdict, found.reason) == (Verdict.WATCH, "M108 was found")


def test_nothing_found_changes_nothing() -> None:
    before = replace(visit(Verdict.SICK, "T102"))
    assert with_findings(before, ()) is before
    assert layers_followed.MOST_SHARE <= 0.05
