"""The rows come sorted: a batch holds one kind of target, and the next batch another.

## What it means
Each batch teaches the network to say its own answer, and to forget that of the batch before. The
loss it reports looks low, because it is taken just then; over all rows it has learned nothing.

## How it is measured
The variance of the targets within a batch, over that of all rows, where `fit` takes arrays in
their order (`shuffle=False`); and the loss of the trained model on rows from the whole array over
that of a constant prediction.

## When it is wrong
A series in its order varies slowly as well, and is learned all the same: it is not judged.
Generators and datasets show no more than their first batch.

## What to try
`shuffle=True`, which is the default; for a dataset `shuffle(rows)` before `batch`.

## References
French (1999), Catastrophic forgetting in connectionist networks, Trends in Cognitive Sciences 3(4).
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._outcome import HARDLY_LEARNED, MIN_STEPS, over_trivial
from gradmend.findings._rule import Rule
from gradmend.findings._wording import percent
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MIN_VARIETY = 0.3  # ten sorted classes in batches of 16: 0.01; shuffled ones: 0.94 and more


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the order of the rows."""
    if m.batch_variety is None or m.batch_variety >= MIN_VARIETY or m.course is None:
        return
    ratio = _over_all_rows(m.course)
    if ratio is None or ratio <= HARDLY_LEARNED or m.course.total_steps < MIN_STEPS:
        return
    yield RULE.found(
        Severity.ERROR,
        Symptom.NOT_LEARNING,
        Cause.DATA,
        f"a batch holds {percent(m.batch_variety)} of the variance of the targets "
        f"(limit {percent(MIN_VARIETY)}): the rows are sorted, and fit does not shuffle them",
        where=["targets"],
        evidence=[
            Evidence(name="variance within a batch", value=m.batch_variety, unit="share"),
            Evidence(name="loss over trivial loss, all rows", value=ratio, unit="times"),
        ],
        certain=True,
    )


def _over_all_rows(course: Course) -> float | None:
    """The loss on rows from everywhere, over the trivial one; the training loss misleads here."""
    if course.final_data_loss is None or not course.final_trivial:
        return None
    return over_trivial(course.final_data_loss, course.final_trivial)


RULE = Rule(
    code="D105", name="batches-of-one-kind", check=check, explains=frozenset({"T102", "T103"})
)
