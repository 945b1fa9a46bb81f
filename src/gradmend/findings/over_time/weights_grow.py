"""The kernels grow many times larger while the loss does not fall.

## What it means
Each step adds to the weights and nothing is gained by it: the steps are too long, and they walk
away from where the initializer put the signal's scale. Saturation and overflow come next.

## How it is measured
The norm of all kernels together after each sampled step: its median over the last fifth of the
samples, over the first sample. More than 5 times, while the loss fell by less than 20 %.
Biases, scales and embeddings are left out.

## When it is wrong
Kernels before a normalization grow by design and do no harm: where there are scales (`gamma`)
nothing is said. Weights that grow while the loss falls are learning. Fewer than 20 samples are not
judged.

## What to try
A smaller learning rate or a warm-up; weight decay or an L2 penalty on the kernels.

## References
Pascanu, Mikolov & Bengio (2013), ICML, section 2. Loshchilov & Hutter (2019), ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot, isfinite
from statistics import median

from gradmend.findings._wording import named, number, percent
from gradmend.findings.over_time._rule import RunRule
from gradmend.findings.over_time._series import FEWEST_SAMPLES, ends, losses
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.training import StepSample, TrainingRun

MAX_GROWTH = 5.0
MIN_FALL = 0.2
KERNELS = ("kernel",)  # also depthwise_kernel, recurrent_kernel


def check(run: TrainingRun) -> Iterator[Finding]:
    """Yield at most one finding; the kernel that grew most is named."""
    sizes = [(s, size) for s in run.samples if (size := _size(s)) is not None and isfinite(size)]
    course = ends([loss for _, loss in losses(run)])
    if len(sizes) < FEWEST_SAMPLES or course is None or _normalized(run):
        return
    (first, before), (last, _) = sizes[0], sizes[-1]
    after = median(size for _, size in sizes[-max(len(sizes) // 5, 1) :])
    if before <= 0 or after <= MAX_GROWTH * before:
        return
    if course[0] <= 0 or (fall := 1.0 - course[1] / course[0]) >= MIN_FALL:
        return
    yield RULE.found(
        Severity.WARNING,
        Symptom.EXPLODING,
        Cause.LEARNING_RATE,
        f"the kernels grow from {number(before)} to {number(after)} (limit {MAX_GROWTH:.0f} times) "
        f"while the loss falls by {percent(max(fall, 0.0))} only, most {named(_most(first, last))}",
        where=_most(first, last),
        evidence=[
            Evidence(name="growth of the kernels", value=after / before, unit="times"),
            Evidence(name="fall of the loss", value=fall, unit="share"),
        ],
    )


def _size(sample: StepSample) -> float | None:
    norms = [w.weight_norm for w in sample.weights if w.path.endswith(KERNELS)]
    return hypot(*norms) if norms else None


def _normalized(run: TrainingRun) -> bool:
    return any(weight.path.endswith("gamma") for weight in run.weights)


def _most(first: StepSample, last: StepSample) -> list[str]:
    """The kernel that gained most; one that began at zero gains its whole size."""
    old = {w.path: w.weight_norm for w in first.weights}
    gains = [
        (w.weight_norm - old.get(w.path, 0.0), w.path)
        for w in last.weights
        if w.path.endswith(KERNELS)
    ]
    return [max(gains)[1]] if gains else []


RULE = RunRule(code="M109", name="weights-grow", check=check)
