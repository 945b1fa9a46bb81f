"""Let the data be heard over the penalty, or through the dropout.

## What it changes
The factor of the regularizers, the rate of the dropout layers, the weight decay, or the constraint
of the kernels.

## When it helps
The penalty is many times the data loss, dropout keeps next to nothing, weight decay outpaces the
gradient, or a constraint cuts the kernels down, and the model stays at chance.

## When it harms
A model that learns but generalises badly needs the opposite.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, sections 7.1 and 7.12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import floor, log10

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import distinct, layer_line, optimizer_line
from gradmend.treatments._treatment import Treatment

Lines = tuple[str, ...]
AIM = 0.1  # of the data loss: there the penalty is heard and does not lead
DROPOUT, WEIGHT_DECAY, CONSTRAINT = "G102", "G103", "G104"  # the findings about them
USUAL_DROPOUT, USUAL_DECAY = 0.2, 0.004  # the latter is AdamW's default


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the penalty, the dropout layers named, the decay, or all held."""
    held = {w.layer: w.constraint for w in m.weights if w.role == "kernel" and w.constraint}
    tight = finding.code == CONSTRAINT
    before, after = _layers(m, held) if tight else _lines(m, finding)
    yield TREATMENT.prescription(
        finding,
        expected="the steps follow the data, and the data loss falls",
        where=tuple(held) if tight else finding.where,
        before=before,
        after=after,
    )


def _layers(m: Measurements, held: Mapping[str, str]) -> tuple[Lines, Lines]:
    """The layers with their constraint, and without: the head cannot speak under it either."""
    calls = [c for c in m.calls if c.path in held and c.call == 1]
    return (
        distinct(layer_line(m, c, kernel_constraint=f"{held[c.path]}(...)") for c in calls),
        distinct(layer_line(m, c) for c in calls),
    )


def _lines(m: Measurements, finding: Finding) -> tuple[Lines, Lines]:
    before, after = _line(m, finding)
    return (before,), (after,)


def _line(m: Measurements, finding: Finding) -> tuple[str, str]:
    if finding.code == DROPOUT:
        rates = [e.value for e in finding.evidence if e.unit == "share"]
        return f"Dropout({rates[0] if rates else 0.95:.2g})", f"Dropout({USUAL_DROPOUT:g})"
    if finding.code == WEIGHT_DECAY and m.optimizer is not None:
        old = m.optimizer.weight_decay or 0.0
        return (
            optimizer_line(m.optimizer, weight_decay=f"{old:g}"),
            optimizer_line(m.optimizer, weight_decay=f"{USUAL_DECAY:g}"),
        )
    return "kernel_regularizer=L2(factor)", f"L2({factor_of(m):g} * factor)"


def factor_of(m: Measurements) -> float:
    """The power of ten that brings the penalty of this batch to a tenth of the data loss."""
    wanted = AIM * abs(m.loss.data) / m.loss.penalty if m.loss.penalty > 0.0 else AIM
    return float(10.0 ** floor(log10(wanted))) if wanted > 0.0 else AIM


TREATMENT = Treatment(
    name="weaken-regularization",
    title="regularize less",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.REGULARIZATION}),
)
