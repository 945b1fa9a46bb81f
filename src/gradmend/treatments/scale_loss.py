"""Scale the loss, so that small gradients survive in float16.

## What it changes
The optimizer stands inside a `LossScaleOptimizer`: the loss is multiplied, the gradients
divided, and the factor follows from what overflows.

## When it helps
`mixed_float16` without it: gradients below 6e-8 become zero.

## When it harms
It does not help where outputs overflow in the forward pass; bfloat16 does. In bfloat16 and
float32 it changes nothing.

## References
Micikevicius et al. (2018), Mixed precision training, ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import optimizer_line
from gradmend.treatments._treatment import Treatment
from gradmend.treatments.use_bfloat16 import HALF


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for a float16 model whose loss is not scaled."""
    facts = m.optimizer
    if HALF not in m.model.precision or facts is None or facts.loss_scale:
        return
    line = optimizer_line(facts)
    yield TREATMENT.prescription(
        finding,
        expected="gradients too small for float16 are no longer cut to zero",
        where=(),
        before=(line,),
        after=(f"LossScaleOptimizer({line})",),
    )


TREATMENT = Treatment(
    name="scale-loss",
    title="scale the loss",
    grade=Grade.KEEPS_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.PRECISION}),
)
