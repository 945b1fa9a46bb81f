"""Units of a ReLU layer die while the model trains.

## What it means
More and more units are zero on every sample: no gradient reaches their weights any more, and
they will not come back by themselves. A step that was too long pushed their biases down.

## How it is measured
Forward passes after some of the sampled steps, on the batch of the step: the share of units
that are zero on the whole batch. More than half of a layer in each of the last two looks, and
at least a quarter of it more than in the first.

## When it is wrong
A unit that answers to one sample in a hundred rests on most batches. Layers seen on fewer
than 32 samples and positions are not judged, nor are units that were dead from the start
(`gradmend check` names those) or layers with another activation than ReLU.

## What to try
A smaller learning rate or a warm-up; He initialization; `leaky_relu` where units keep dying.

## References
Lu, Shin, Su & Karniadakis (2020), Dying ReLU and initialization, arXiv:1903.06733.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._wording import named, percent
from gradmend.findings.over_time._rule import RunRule
from gradmend.findings.over_time._series import first_beyond, layer_courses, worst_first
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.training import LayerSample, TrainingRun

MAX_DEAD = 0.5
MIN_GROWTH = 0.25
SURE = 0.9  # so many that width cannot make up for them
MIN_SEEN = 32  # samples and positions


def check(run: TrainingRun) -> Iterator[Finding]:
    """Yield one finding, about the layer that lost most; all that lost are named."""
    courses = layer_courses(run, _dead)
    sick = worst_first(courses, MAX_DEAD, MIN_GROWTH)
    if not sick:
        return
    worst = sick[0]
    since = first_beyond(worst, MAX_DEAD)
    yield RULE.found(
        Severity.ERROR if worst.last >= SURE else Severity.WARNING,
        Symptom.DEAD_UNITS,
        Cause.LEARNING_RATE,
        f"dead units of {named([worst.path])} grow from {percent(worst.first)} to "
        f"{percent(worst.last)} (limit {percent(MAX_DEAD)}), beyond it from step {since} on; "
        f"{len(sick)} of {len(courses)} ReLU layers lose as many",
        where=[course.path for course in sick],
        evidence=[
            Evidence(name="dead units", value=worst.last, unit="share"),
            Evidence(name="dead units at first", value=worst.first, unit="share"),
            Evidence(name="at step", value=float(since), unit="steps"),
        ],
    )


def _dead(layer: LayerSample) -> float | None:
    return layer.dead_share if layer.seen >= MIN_SEEN and not layer.nonfinite else None


RULE = RunRule(code="M107", name="units-die-in-training", check=check)
