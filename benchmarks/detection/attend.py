"""Trains one case as `gradmend run` would see it, and writes down everything a judge may ask.

The rehearsal is always taken and stored; a judge uses it only where gradmend would have
taken one. So rules can be changed and all cases judged again without training.
"""

from __future__ import annotations

import time
from typing import Any
from unittest import mock

import keras
from benchmarks.detection.cases import Entry

import gradmend.findings
from gradmend.gallery import Case
from gradmend.gallery._program import Program
from gradmend.measure import measure
from gradmend.monitor.attendance import Attendance
from gradmend.records import Visit
from gradmend.records.codec import encode
from gradmend.script.clinic import house_clinic

GALLERY_STEPS = 600  # what a patient without a fit of its own is trained for, at least
LOOKED_AT = 256  # samples of the last look


def attended(entry: Entry, seed: int) -> dict[str, Any] | None:
    """Return what was seen of one case, None where its fault has no place."""
    keras.backend.clear_session()
    built = entry.build(seed)
    if built is None:
        return None
    program = built if isinstance(built, Program) else None
    case = program.compiled() if program is not None else built
    fit = program.fit_arguments if program is not None else _gallery_fit(case)
    skills: list[float] = []
    if program is not None:
        watch = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: skills.append(program.skill())
        )
        fit = {**fit, "callbacks": [watch]}
    started = time.perf_counter()
    visit, error = _followed(case, fit)
    record = {
        "name": entry.name,
        "kind": entry.kind,
        "split": entry.split,
        "base": entry.base,
        "causes": list(entry.causes),
        "faulty": list(program.faulty) if program is not None else [],
        "seed": seed,
        "backend": keras.backend.backend(),
        "skill": None if program is None else program.skill() if error is None else 0.0,
        "skills": skills,
        "error": error,
        "seconds": time.perf_counter() - started,
        "visit": encode(visit),
    }
    return record | {"last": _last_look(case)}


def _gallery_fit(case: Case) -> dict[str, Any]:
    rows = len(keras.tree.flatten(case.x)[0])
    return {"epochs": min(30, 1 + GALLERY_STEPS * 32 // rows), "batch_size": 32, "verbose": 0}


def _followed(case: Case, fit: dict[str, Any]) -> tuple[Visit, str | None]:
    attendance = Attendance(clinic=house_clinic())
    error = None
    always = mock.patch.object(
        gradmend.findings, "needs_second_look", lambda findings, m: m.rehearsal is None
    )
    with always:
        try:
            attendance.run(keras.Model.fit, case.model, case.x, case.y, **fit)
        except Exception as raised:  # noqa: BLE001  # a sick program may raise anything
            error = f"{type(raised).__name__}: {raised}"
    assert attendance.visit is not None
    return attendance.visit, error


def _last_look(case: Case) -> dict[str, Any] | None:
    """The trained model on one batch: the published rules look more than once."""
    try:
        return encode(measure(case.model, case.x, case.y, batch_size=LOOKED_AT))
    except Exception:  # noqa: BLE001  # a model full of NaN may not be measurable
        return None
