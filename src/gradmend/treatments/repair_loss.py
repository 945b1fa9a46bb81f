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

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

SQUASHES = frozenset({"softmax", "sigmoid", "hard_sigmoid"})
MEANT = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy"}


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription per output named by the finding."""
    for output in m.outputs:
        where = output.layer or output.name
        if where not in finding.where or output.loss is None:
            continue
        old = output.from_logits
        wanted = output.activation not in SQUASHES
        name = output.loss if old is not wanted else MEANT.get(output.activation or "", output.loss)
        yield TREATMENT.prescription(
            finding,
            expected="the loss starts near that of a constant prediction, and falls below it",
            where=(where,),
            before=(f"loss={_class(output.loss)}(from_logits={old})",),
            after=(f"loss={_class(name)}(from_logits={wanted})",),
        )


def _class(loss: str) -> str:
    return "".join(word.capitalize() for word in loss.split("_"))


TREATMENT = Treatment(
    name="repair-loss",
    title="make loss and output agree",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.LOSS_PAIRING}),
)
