"""Weights that should learn receive a gradient of exactly zero.

## What it means
Something between these weights and the loss lets nothing through: not a small
gradient, none. No learning rate and no optimizer changes that.

## How it is measured
Trainable kernels whose gradient norm is exactly 0 although a path leads to the loss and
the loss is finite. The layer named is the one that receives a gradient at its output
and passes none to its input; where the output of the model itself receives none, it is the loss.

## When it is wrong
A head or a residual branch that starts at zero blocks the gradient for the first step
only: with a zero kernel in the model the finding is a warning until a few steps were
rehearsed. Frozen layers, biases, embeddings that do not start at zero, outputs without a loss, and
a model that has converged are left out. Where the other weights learn the task all the same, it is
a warning: a normalization over a single feature blocks most of a transformer that still trains.

## What to try
Look at the layer named: dead units, a one-unit softmax, an output that cannot reach its
target, a rounding, argmax or `stop_gradient` inside a custom layer or loss, or a kernel of zeros.
In float16, gradients below 6e-8 become zero: `mixed_float16` scales the loss, `float16` does not.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from gradmend.findings._kernels import calls_by_layer, trainable_kernels
from gradmend.findings._layers import has_joins, hidden_calls
from gradmend.findings._loss_families import CATEGORICAL, KNOWN, canonical
from gradmend.findings._outcome import course_learned
from gradmend.findings._precision import is_half
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, percent
from gradmend.records.facts import OutputFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall, WeightSignal

CONVERGED = 1e-4  # of the trivial loss: nothing is left to learn
CONVERGED_LOSS = 1e-7  # the rounding of a float32 loss, where the trivial one is unknown
HUGE = 100.0  # times the first output: fifty blocks x + relu(Dense(x)) reach 1e8
# A sigmoid of 20 is 1 in float32: counts of the classes were given where their logarithm was meant.
FAR_BIAS = 10.0
MOST = 0.5  # of the trainable kernels


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding that names the blocked kernels and the block."""
    if not isfinite(m.loss.total) or _converged(m):
        return
    kernels = _reached_kernels(m)
    later = {w.path: w for w in m.rehearsal.weights} if m.rehearsal is not None else {}
    blocked = [w for w in kernels if w.gradient_norm == 0.0 and not _wakes(later.get(w.path))]
    if not blocked:
        return
    share = len(blocked) / len(kernels)
    zero_start = not later and any(_starts_at_zero(w) for w in m.weights)
    sick = share >= MOST and not zero_start and not course_learned(m.course)
    block = _blocking_layer(m)
    tables = [w.layer for w in blocked if w.role == "embeddings"]
    tables = tables if _only_they_reach(m, block, tables) else []
    cause = Cause.INITIALIZER if tables else _cause(m)
    by = "a product of two that are zero" if tables else _named_block(block, cause)
    what = "kernels and embeddings" if tables else "kernels"
    yield RULE.found(
        Severity.ERROR if sick else Severity.WARNING,
        Symptom.ZERO_GRADIENT,
        cause,
        f"gradient is exactly 0 for {len(blocked)} of {len(kernels)} trainable {what} "
        f"(limit {percent(MOST)})" + (f"; {by} passes none on" if by else ""),
        where=tables or ([block] if block else [w.path for w in blocked]),
        evidence=[
            Evidence(name="blocked kernels", value=share, unit="share"),
            Evidence(name="trainable kernels", value=float(len(kernels)), unit="kernels"),
        ],
        certain=sick,
    )


def _named_block(block: str | None, cause: Cause) -> str | None:
    if cause is Cause.LOSS_PAIRING:
        return "the loss"
    return named([block]) if block else None


def _converged(m: Measurements) -> bool:
    limit = CONVERGED * m.loss.trivial if m.loss.trivial else CONVERGED_LOSS
    return abs(m.loss.data) <= limit


def _reached_kernels(m: Measurements) -> list[WeightSignal]:
    """The kernels that the loss depends on, as far as gradients of their layers were seen."""
    calls = calls_by_layer(m)
    judged = any(output.loss is not None for output in m.outputs)
    idle = {o.layer for o in m.outputs if judged and (o.loss is None or o.target is None)}
    before = _before_a_gradient(m)
    # over a single step nothing has come back to the recurrent kernel yet
    single = {t.layer for t in m.times if t.steps == 1}
    unreached = {
        path for path, call in calls.items() if call.backward is None and call.index not in before
    }
    return [
        weight
        for weight in (*trainable_kernels(m.weights), *_tables_of_zeros(m))
        if weight.gradient_norm is not None
        and weight.layer not in idle | unreached
        and not (weight.role == "recurrent_kernel" and weight.layer in single)
    ]


def _tables_of_zeros(m: Measurements) -> list[WeightSignal]:
    """Embeddings that start at zero: the product of two of them never leaves it."""
    return [w for w in m.weights if w.role == "embeddings" and _starts_at_zero(w)]


def _only_they_reach(m: Measurements, block: str | None, tables: list[str]) -> bool:
    """Whether all that has weights before the blocking call is these tables."""
    known = {call.index: call for call in m.calls}
    call = next((c for c in m.calls if c.label == block), None)
    before, todo = set(), [] if call is None else list(call.inputs) or [call.index]
    while todo:
        index = todo.pop()
        if index in known and index not in before:
            before.add(index)
            todo += known[index].inputs
    weighted = {w.layer for w in m.weights}
    found = {known[index].path for index in before} & weighted
    return bool(found) and found <= set(tables)


def _before_a_gradient(m: Measurements) -> set[int]:
    """The calls whose output goes into a call that receives a gradient."""
    found: set[int] = set()
    for call in reversed(m.calls):
        if call.backward is not None or call.index in found:
            found.update(call.inputs)
    return found


def _wakes(later: WeightSignal | None) -> bool:
    return later is not None and bool(later.gradient_norm)


def _starts_at_zero(weight: WeightSignal) -> bool:
    return (
        weight.role in ("kernel", "scale", "embeddings", "other")
        and weight.trainable
        and weight.norm == 0.0
    )


def _blocking_layer(m: Measurements) -> str | None:
    """The first call behind the last one that receives nothing."""
    seen = [c for c in m.calls if c.backward is not None and c.forward is not None]
    silent = [i for i, c in enumerate(seen) if c.backward is not None and c.backward.largest == 0.0]
    if silent:
        behind = silent[-1] + 1
        return seen[min(behind, len(seen) - 1)].label
    return seen[0].label if seen else None


def _cause(m: Measurements) -> Cause:
    scaled = m.optimizer is not None and m.optimizer.loss_scale is not None
    if is_half(m) and not scaled:
        return Cause.PRECISION
    block = _blocking_layer(m)
    call = next((c for c in m.calls if c.label == block), None)
    if call is not None and any(_starts_at_zero(w) and w.layer == call.path for w in m.weights):
        return Cause.INITIALIZER
    if call is not None and call.forward is not None and call.forward.zero_share >= 1.0:
        return Cause.ACTIVATION
    if _signal_grows(m):
        return Cause.DEPTH if has_joins(m) else Cause.INITIALIZER
    output = next((o for o in m.outputs if call is not None and o.layer == call.path), None)
    if output is None or call is None:
        return Cause.ACTIVATION
    return _cause_of_output(m, call, output)


def _cause_of_output(m: Measurements, call: LayerCall, output: OutputFacts) -> Cause:
    if any(b.layer == call.path and b.role == "bias" and b.rms > FAR_BIAS for b in m.weights):
        return Cause.BIAS
    silent = call.backward is not None and call.backward.largest == 0.0
    return Cause.LOSS_PAIRING if silent and _flat(output) else Cause.OUTPUT_ACTIVATION


def _flat(output: OutputFacts) -> bool:
    """Whether the loss itself has no slope: one of the user's own, or classes over one unit."""
    name = canonical(output.loss)
    return name not in KNOWN or (name in CATEGORICAL and output.units == 1)


def _signal_grows(m: Measurements) -> bool:
    """Whether the outputs grow so far with depth that softmax and loss are clipped."""
    sizes = [c.forward.rms for c in hidden_calls(m) if c.forward is not None and c.forward.rms]
    return len(sizes) > 1 and sizes[-1] > HUGE * sizes[0]


RULE = Rule(
    code="Z101",
    name="gradient-exactly-zero",
    check=check,
    explains=frozenset({"S103", "A107", "T102"}),
    unless=frozenset({"N103", "N104"}),
)
