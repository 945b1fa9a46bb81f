"""Limit the length of the whole gradient.

## What it changes
`global_clipnorm` in the optimizer: the direction stays, the length is limited. `mend` tries
1.0, and the 90th percentile of the norms it measures while a copy trains. (`clipnorm` clips
each variable by itself and changes the direction.)

## When it helps
Finite spikes, above all in recurrences. Measured, linear recurrence with radius 1.1: NaN
without, mean squared error 0.08 and 0.05 with it.

## When it harms
It hides a wrong learning rate or target scale (R2 0.04 in place of 0.91), does nothing for
vanishing, and lets NaN through. Under Adam it hardly matters.

## References
Pascanu, Mikolov & Bengio (2013), ICML. Godbole et al. (2023), Deep learning tuning playbook:
the 90th percentile as threshold; where more than half of the steps are clipped, lower the
learning rate instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._clipping import clipped_by
from gradmend.treatments._treatment import Treatment


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for an optimizer that does not clip yet."""
    return clipped_by(TREATMENT, m, finding, global_clipnorm="1.0")


TREATMENT = Treatment(
    name="clip-gradients",
    title="clip the gradient by its global norm",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.RECURRENT_EXPLOSION}),
)
