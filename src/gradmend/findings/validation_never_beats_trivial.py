"""The training loss falls, and the validation loss never beats a constant prediction.

## What it means
What was learned from the training rows is of no use for the validation rows: it was learned by
heart. Candidates are labels that do not belong to their rows, too little data for so large a
network, inputs that say nothing about the targets, and validation rows of another kind. This
measurement does not tell them apart.

## How it is measured
`val_loss` at the end of each epoch, over the loss of the best constant for the validation
targets: not below 0.98 in any of at least three epochs. The training loss at the end, over that
for the training targets, and the loss of the trained model on training rows in inference mode: both
below 0.95. It is an error where the training loss is below half, and none of at least five
epochs beats the constant at all; else a warning.

## When it is wrong
A hard task with few rows looks the same, at least while little is learned by heart. Young averages
of batch normalization spoil both losses in inference mode, and then nothing is said; nor is it
with sample or class weights, with a penalty beyond 1 % of the loss (`val_loss` holds it), with
validation targets that differ from those of the training, or with validation data that are no
arrays.

## What to try
Look at twenty rows beside their labels. Train on shuffled labels as a control: if the training loss
falls as fast, the network learns by heart. Then more data, a smaller network, dropout or weight
decay.

## References
Zhang, Bengio, Hardt, Recht & Vinyals (2017), Understanding deep learning requires rethinking
generalization, ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from gradmend.findings._course import part
from gradmend.findings._outcome import STAYS_ABOVE, course_diverged, over_trivial
from gradmend.findings._rule import Rule
from gradmend.findings._wording import number, percent
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MIN_EPOCHS = 3
NEVER_BELOW = 0.98  # of the trivial loss
# Of the trivial loss; above it T102 speaks. Of 21 healthy programs on PyTorch with 30 % of the rows
# held back, the best validation loss is 0.97 for an RNN on 179 rows, at most 0.92 elsewhere; with
# shuffled labels it is 0.98 to 1.15, and the training loss 0.74 to 0.96 unless T102 speaks.
LEARNED_BELOW = STAYS_ABOVE
# The network has learned its own rows well, and every look at others was in vain.
BY_HEART, IN_VAIN, ENOUGH_EPOCHS = 0.5, 1.0, 5
SAME_TARGETS = 0.3  # by how much the trivial losses of both parts may differ
MAX_PENALTY = 0.01  # of the data loss


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the losses of training and validation."""
    course = m.course
    if course is None or course_diverged(course) or not _comparable(m, course):
        return
    trivial = course.validation_trivial or 0.0
    ratios = [over_trivial(loss, trivial) for loss in course.validation_losses]
    best = min((r for r in ratios if r is not None), default=0.0)
    learned = _learned(course)
    if best < NEVER_BELOW or learned is None or learned >= LEARNED_BELOW:
        return
    in_vain = learned < BY_HEART and best >= IN_VAIN and len(ratios) >= ENOUGH_EPOCHS
    yield RULE.found(
        Severity.ERROR if in_vain else Severity.WARNING,
        Symptom.NOT_LEARNING,
        Cause.DATA,
        f"the training loss fell to {percent(learned)} of that of a constant prediction, and the "
        f"validation loss never below {percent(best)} in {len(ratios)} epochs (a constant: "
        f"{number(trivial)}): what was learned does not carry over",
        evidence=[
            Evidence(name="best validation loss over trivial loss", value=best, unit="times"),
            Evidence(name="training loss over trivial loss", value=learned, unit="times"),
        ],
    )


def _comparable(m: Measurements, course: Course) -> bool:
    """Whether both losses are of the same kind, on targets of the same kind, over enough epochs."""
    here, there = course.trivial, course.validation_trivial
    if not here or not there or m.sample_weights or len(course.validation_losses) < MIN_EPOCHS:
        return False
    plain = abs(m.loss.penalty) <= MAX_PENALTY * abs(m.loss.data)
    finite = all(isfinite(loss) for loss in course.validation_losses)
    return plain and finite and abs(there - here) <= SAME_TARGETS * abs(here)


def _learned(course: Course) -> float | None:
    """The worse of training and inference mode, over the trivial loss; None where unknown."""
    last, end, constant = part(course, 0.8, 1.0), course.final_data_loss, course.final_trivial
    if last is None or end is None or not course.trivial or not constant:
        return None
    pairs = ((last.mean, course.trivial), (end, constant))
    ratios = [over_trivial(loss, trivial) for loss, trivial in pairs]
    return max((ratio for ratio in ratios if ratio is not None), default=None)


RULE = Rule(
    code="T106",
    name="validation-never-beats-trivial",
    check=check,
    unless=frozenset({"T101", "T102", "T103"}),
)
