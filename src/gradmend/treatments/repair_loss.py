"""Let the loss and the last activation agree on who squashes.

## What it changes
`from_logits` or the loss. The network itself stays as it is.

## When it helps
Softmax with `from_logits=True` (0.58-0.63 accuracy in place of 0.94), logits with
`from_logits=False` (0.09-0.15).

## When it harms
Predictions of a network that ends in logits need a softmax before they are probabilities.

## References
Keras documentation, `keras.losses.CategoricalCrossentropy`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.facts import OutputFacts
from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

SQUASHES = frozenset({"softmax", "sigmoid", "hard_sigmoid"})
CATEGORICAL = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy"})
MEANT = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy"}


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription per output named by the finding."""
    for output in m.outputs:
        where = output.layer or output.name
        if where not in finding.where or output.loss is None or output.from_logits is None:
            continue
        old, wanted = output.from_logits, output.activation not in SQUASHES
        name = meant_loss(output)
        yield TREATMENT.prescription(
            finding,
            expected="the loss starts near that of a constant prediction, and falls below it",
            where=(where,),
            before=(f"loss={_class(output.loss)}(from_logits={old})",),
            after=(f"loss={_class(name)}(from_logits={wanted})",),
        )


def meant_loss(output: OutputFacts) -> str:
    """Return the loss that an output with `from_logits` wants, `from_logits` put right."""
    loss = output.loss or ""
    if loss in CATEGORICAL and output.units == 1:
        return "binary_crossentropy"  # one unit is no choice between classes
    disagree = output.from_logits is not (output.activation not in SQUASHES)
    return loss if disagree else MEANT.get(output.activation or "", loss)


def _class(loss: str) -> str:
    return "".join(word.capitalize() for word in loss.split("_"))


TREATMENT = Treatment(
    name="repair-loss",
    title="make loss and output agree",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.LOSS_PAIRING}),
)
