"""A hidden layer is so narrow that little can pass it.

## What it means
Everything the later layers know about a sample passes through a hidden layer of fewer than
`FEWEST` units. One unit sends one number on: classes that need two cannot be told apart.

## How it is measured
The units of each dense layer call but the last, counted on its output.

## When it is wrong
A bottleneck may be meant: the code of an autoencoder is narrow on purpose.

## What to try
Give the layer more units.

## References
Tishby & Zaslavsky (2015), Deep learning and the information bottleneck principle.
"""

from collections.abc import Iterator
from typing import Any

from gradmend.findings import Rule
from gradmend.records import (
    Cause,
    Evidence,
    Finding,
    Grade,
    Measurements,
    Prescription,
    Severity,
    Symptom,
)
from gradmend.treatments import Treatment

FEWEST = 2
WIDER = 32


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding for every narrow hidden layer."""
    dense = [call for call in m.calls if call.role == "dense" and call.forward is not None]
    for call in dense[:-1]:
        if call.forward.units < FEWEST:
            yield RULE.found(
                Severity.WARNING,
                Symptom.NOT_LEARNING,
                Cause.DEPTH,
                f"'{call.label}' passes {call.forward.units} unit on (limit {FEWEST} units)",
                where=(call.label,),
                evidence=(Evidence(name="units", value=call.forward.units, unit="count"),),
            )


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield the cure for a narrow layer, and for nothing else."""
    if finding.code == RULE.code:
        yield TREATMENT.prescription(
            finding,
            expected="more than one number passes the layer",
            before=("Dense(1)",),
            after=(f"Dense({WIDER})",),
        )


def apply(model: Any, prescription: Prescription, material: Any) -> Any:
    """Return the model with the layer wider; `mend` tries it against the unchanged model."""
    import keras

    def widened(layer: Any) -> Any:
        config = layer.get_config()
        if layer.name in prescription.where:
            config["units"] = WIDER
        return type(layer).from_config(config)

    wider = keras.models.clone_model(model, clone_function=widened)
    wider.compile_from_config(model.get_compile_config())
    return wider


RULE = Rule(
    code="X901",
    name="layer-too-narrow",
    check=check,
    explains=frozenset({"T102"}),  # a training that stays at chance follows from it
    before="V102",  # causes stand before their consequences
)
TREATMENT = Treatment(
    name="widen-layer",
    title="give the narrow layer more units",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.DEPTH}),
    apply=apply,
)
