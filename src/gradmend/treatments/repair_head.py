"""Give the output the activation that its targets need.

## What it changes
The activation of the last layer, and the loss where it no longer fits.

## When it helps
A softmax over one unit, a ReLU or sigmoid before targets it cannot reach, a ReLU before
a cross-entropy.

## When it harms
Where predictions must stay in a range, scale the targets into it and keep the activation.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.2.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.facts import OutputFacts
from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

CLASSES = frozenset({"categorical_crossentropy", "sparse_categorical_crossentropy"})


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription per output named by the finding."""
    for output in m.outputs:
        where = output.layer or output.name
        if where not in finding.where:
            continue
        activation, loss = _fitting(output)
        written = f', activation="{activation}"' if activation else ""
        yield TREATMENT.prescription(
            finding,
            expected="the output depends on the input and can reach every target",
            where=(where,),
            before=(_line(output, output.activation, output.loss)),
            after=(f"Dense({output.units}{written})", f'model.compile(..., loss="{loss}")'),
        )


def _line(output: OutputFacts, activation: str | None, loss: str | None) -> tuple[str, str]:
    return (
        f'Dense({output.units}, activation="{activation}")',
        f'model.compile(..., loss="{loss}")',
    )


def _fitting(output: OutputFacts) -> tuple[str | None, str]:
    """The activation and the loss for what the targets are."""
    target = output.target
    binary = target is not None and target.smallest >= 0.0 and target.largest <= 1.0
    if output.loss == "poisson":
        return "softplus", output.loss  # it takes the logarithm of the prediction
    if output.units == 1:
        if binary and target is not None and target.integer_valued:
            return "sigmoid", "binary_crossentropy"
        return None, _regression(output)
    if output.loss in CLASSES:
        return "softmax", output.loss or ""
    if output.loss == "binary_crossentropy":
        return "sigmoid", output.loss
    return None, _regression(output)


def _regression(output: OutputFacts) -> str:
    named = output.loss is not None and "crossentropy" not in output.loss
    return output.loss if named and output.loss is not None else "mean_squared_error"


TREATMENT = Treatment(
    name="repair-head",
    title="give the output a fitting activation",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.OUTPUT_ACTIVATION}),
)
