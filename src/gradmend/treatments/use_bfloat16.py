"""Compute in bfloat16 in place of float16.

## What it changes
`mixed_float16` becomes `mixed_bfloat16`: the range of float32 with fewer digits. Weights stay
in float32, and no loss scaling is needed.

## When it helps
Values leave the range of float16: above 65504 they become infinite, gradients below 6e-8
become zero.

## When it harms
Three digits in place of four. Older GPUs have no bfloat16 units and compute it slowly.

## References
Micikevicius et al. (2018), Mixed precision training, ICLR. Kalamkar et al. (2019), A study of
bfloat16 for deep learning training, arXiv:1905.12322.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

HALF = "mixed_float16"


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for a model that computes in float16."""
    if HALF not in m.model.precision:
        return
    yield TREATMENT.prescription(
        finding,
        expected="no value is too large or too small to be written down",
        where=(),
        before=(f'keras.config.set_dtype_policy("{HALF}")',),
        after=('keras.config.set_dtype_policy("mixed_bfloat16")',),
    )


TREATMENT = Treatment(
    name="use-bfloat16",
    title="compute in bfloat16",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.PRECISION}),
)
