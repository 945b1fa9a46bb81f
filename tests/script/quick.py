"""A clinic that needs no Keras and finds every model healthy."""

from __future__ import annotations

from typing import Any

from gradmend.monitor.clinic import Clinic
from gradmend.records import LossFacts, Measurements, ModelFacts, Verdict, Visit
from gradmend.script import ScriptReport


def quick_clinic() -> Clinic:
    """Return it."""
    return Clinic(
        examine=_examine,
        conclude=_conclude,
        trivial_loss=lambda *args, **kwargs: None,
        data_loss=lambda *args: 0.1,
        rounding=lambda model, x: None,
    )


def _examine(*args: Any, **kwargs: Any) -> Measurements:
    return Measurements(
        backend="any",
        keras_version="3",
        batch_size=1,
        batches=1,
        model=ModelFacts(
            name="m",
            kind="Sequential",
            layers=1,
            parameters=1,
            trainable_parameters=1,
            frozen_layers=0,
            precision="float32",
        ),
        loss=LossFacts(total=1.0, data=1.0, penalty=0.0),
    )


def _conclude(measurements: Measurements) -> Visit:
    course = measurements.course
    sick = course is not None and course.first_nonfinite_step is not None
    verdict = Verdict.SICK if sick else Verdict.HEALTHY
    return Visit(verdict=verdict, reason=f"quick: {verdict}", measurements=measurements)


def told(report: ScriptReport) -> dict[str, Any]:
    """What a report says, ready for JSON."""
    return {
        "fits": [[f.number, f.where, f.visit.verdict, f.visit.reason] for f in report.fits],
        "exit_code": report.exit_code,
        "error": report.error,
        "verdict": report.verdict,
        "reason": report.reason,
    }
