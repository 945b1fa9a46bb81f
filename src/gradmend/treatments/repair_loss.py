"""Let the loss and the last activation agree on who squashes.

## What it changes
`from_logits` or the loss. The network itself stays as it is.

## When it helps
Softmax with `from_logits=True` (0.58-0.63 accuracy in place of 0.94), logits with
`from_logits=False` (0.09-0.15); a percentage error of targets that are zero, a cosine of single
numbers. Many classes before one unit need another last layer: that is left to you.

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
BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
# What asks the same of targets that may be zero, and of single numbers.
ANSWERABLE = {
    "mean_absolute_percentage_error": "mean_absolute_error",
    "cosine_similarity": "mean_squared_error",
}
MEANT = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy"}


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription per output named by the finding."""
    for output in m.outputs:
        where = output.layer or output.name
        if where not in finding.where or output.loss is None:
            continue
        before, after = _lines(output)
        if before != after:
            yield TREATMENT.prescription(
                finding,
                expected="the loss starts near that of a constant prediction, and falls below it",
                where=(where,),
                before=before,
                after=after,
            )


def classes_on_one_unit(output: OutputFacts) -> int:
    """How many classes the targets name before one unit that tells two apart; 0 if it fits."""
    target = output.target
    if output.units > 1 or output.loss not in BINARY or target is None:
        return 0
    many = target.integer_valued and target.distinct > 2
    return int(target.largest - target.smallest) + 1 if many else 0


def _lines(output: OutputFacts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines before and after; the same where this loss is none of ours to mend."""
    old, name = output.from_logits, meant_loss(output)
    if count := classes_on_one_unit(output):
        head, loss = f'Dense(1, activation="{output.activation}")', f'loss="{output.loss}"'
        classes = f'Dense({count}, activation="softmax")'
        return (head, loss), (classes, 'loss="sparse_categorical_crossentropy"')
    if old is None:
        return (f'loss="{output.loss}"',), (f'loss="{name}"',)
    wanted = output.activation not in SQUASHES
    before = f"loss={_class(output.loss or '')}(from_logits={old})"
    return (before,), (f"loss={_class(name)}(from_logits={wanted})",)


def meant_loss(output: OutputFacts) -> str:
    """Return the loss that an output with `from_logits` wants, `from_logits` put right."""
    loss = output.loss or ""
    if output.from_logits is None:
        return ANSWERABLE.get(loss, loss)
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
