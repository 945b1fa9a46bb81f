"""Sick and healthy patients with known answers, to try gradmend on and to keep it honest.

Importing the gallery imports no framework: a patient is built when it is called for.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from gradmend.errors import UsageError, teach
from gradmend.gallery import (
    applications,
    dead_by_bias,
    deep_sigmoid,
    doomed_fits,
    exploding_recurrence,
    images,
    loaders,
    memory,
    misread_inputs,
    normalized,
    odd_steps,
    own_layers,
    part_trained,
    plain_depth,
    raw_inputs,
    recurrent,
    regularized,
    sequences,
    several_outputs,
    tables,
    target_scale,
    trained,
    wide_tanh,
    wrong_head,
)
from gradmend.gallery._patient import Case, Patient
from gradmend.gallery._trained import TrainedPatient
from gradmend.gallery.cases import CASES
from gradmend.gallery.traps import TRAPS

__all__ = [
    "CASES",
    "PATIENTS",
    "TRAINED",
    "TRAPS",
    "Case",
    "Patient",
    "TrainedPatient",
    "entry_named",
    "patient_named",
]

PATIENTS: tuple[Patient, ...] = (
    *deep_sigmoid.PATIENTS,
    *plain_depth.PATIENTS,
    *wide_tanh.PATIENTS,
    *exploding_recurrence.PATIENTS,
    *dead_by_bias.PATIENTS,
    *raw_inputs.PATIENTS,
    *target_scale.PATIENTS,
    *wrong_head.PATIENTS,
    *part_trained.PATIENTS,
    *regularized.PATIENTS,
    *normalized.PATIENTS,
    *recurrent.PATIENTS,
    *odd_steps.PATIENTS,
    *own_layers.PATIENTS,
    *tables.PATIENTS,
    *images.PATIENTS,
    *sequences.PATIENTS,
    *memory.PATIENTS,
    *several_outputs.PATIENTS,
    *applications.PATIENTS,
)


_Entry = TypeVar("_Entry")
# Their first batch looks well, or says too little: they are trained to be judged.
TRAINED: tuple[TrainedPatient, ...] = (
    *trained.PATIENTS,
    *doomed_fits.PATIENTS,
    *misread_inputs.PATIENTS,
    *loaders.PATIENTS,
)


def patient_named(name: str) -> Patient:
    """Return the patient of this name, whatever the case.

    Raises:
        UsageError: no patient is called so; the message names the nearest.

    Example:
        >>> patient_named("sigmoid-30").title
        '30 sigmoid layers on digits'
    """
    return _named(name, {patient.name: patient for patient in PATIENTS})


def entry_named(name: str) -> Patient | TrainedPatient:
    """Return whoever `gradmend gallery` lists under this name: a real program, too.

    Raises:
        UsageError: nobody is called so; the message names the nearest.

    Example:
        >>> entry_named("SO31880720").answer
        'sick: loss-pairing or output-activation'
    """
    entries: tuple[Patient | TrainedPatient, ...] = (*PATIENTS, *TRAINED, *CASES)
    return _named(name, {entry.name: entry for entry in entries})


def _named(name: str, patients: Mapping[str, _Entry]) -> _Entry:
    if name.strip().lower() in patients:
        return patients[name.strip().lower()]
    near = get_close_matches(name.lower(), patients, 3, 0.5)
    raise UsageError(
        teach(
            f"there is no patient {name!r}.",
            expected="the name of a patient, as `gradmend gallery` lists them",
            received=repr(name),
            means="the name has a typing error, or belongs to another version of gradmend.",
            attempt=", or ".join([*near, "gradmend gallery (lists all patients)"]),
        )
    )
