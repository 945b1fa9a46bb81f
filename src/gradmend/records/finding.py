"""A named, located, quantified statement about a set of measurements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding is expected to hurt training."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Symptom(StrEnum):
    """What a user would see."""

    VANISHING = "vanishing"
    EXPLODING = "exploding"
    ZERO_GRADIENT = "zero-gradient"
    NON_FINITE = "non-finite"
    DEAD_UNITS = "dead-units"
    SATURATED = "saturated"
    NOT_LEARNING = "not-learning"


class Cause(StrEnum):
    """What has to change for the symptom to go away."""

    ACTIVATION = "activation"
    DEPTH = "depth"
    INITIALIZER = "initializer"
    BIAS = "bias"
    LEARNING_RATE = "learning-rate"
    INPUT_SCALE = "input-scale"
    TARGET_SCALE = "target-scale"
    OUTPUT_ACTIVATION = "output-activation"
    LOSS_PAIRING = "loss-pairing"
    LABELS = "labels"
    RECURRENT_MEMORY = "recurrent-memory"
    RECURRENT_EXPLOSION = "recurrent-explosion"
    NORMALIZATION = "normalization"
    PRECISION = "precision"
    DATA = "data"
    NUMERICS = "numerics"
    REGULARIZATION = "regularization"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One number behind a finding. A number without a unit is not evidence."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One rule's statement, with the numbers that justify it.

    `certain` marks statements that need no second kind of evidence (a non-finite
    value, a gradient that is exactly zero, a one-unit softmax). `explains` lists the
    codes of the findings in the same visit that follow from this one, and
    `explained_by` the code this one is folded under; both are filled in by
    `diagnose`, never by a rule.
    """

    code: str
    name: str
    severity: Severity
    symptom: Symptom
    cause: Cause
    message: str
    where: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    certain: bool = False
    explains: tuple[str, ...] = ()
    explained_by: str | None = None
