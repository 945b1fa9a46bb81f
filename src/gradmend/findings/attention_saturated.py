"""Nearly every query of an attention layer looks at one key only: its softmax is saturated.

## What it means
The scores lie so far apart that the softmax gives one key all of the weight. Its slope is then
zero: nothing says to the queries and keys that another choice would be better, and the layer is
a fixed exchange of rows. Scores grow with the size of queries and keys, and with the square root
of their dimension where they are not divided by it.

## How it is measured
The weights are computed again, of up to 16 samples and 32 queries of every head: the share of
queries that give more than 0.99 of their weight to a single key, of those that may look at two or
more. Above 0.8 it is said.

## When it is wrong
Trained heads decide: many look at the word before, or park on the first one. A model that has
learned already is not judged, and where the training goes well this is a note. Values still learn
through one-hot attention, so that an easy task may not need more.

## What to try
By cause: default initializers for queries and keys; a `LayerNormalization` before the attention,
or standardized inputs; for `keras.layers.Attention`, which divides by nothing, queries divided by
the square root of their dimension, or `MultiHeadAttention`, which does so; a smaller learning rate
or a warm-up where scores grew in training.

## References
Vaswani et al. (2017), Attention is all you need, section 3.2.1.
Zhai et al. (2023), Stabilizing transformer training by preventing attention entropy collapse, ICML.
Measured: 10 keys, 2 heads of 8: 0 % as Keras starts, 37 % with queries and keys 3 times as wide,
89-95 % with 10 times; unscaled `Attention` over 16 standardized features: 86 %.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._kernels import hidden_kernels
from gradmend.findings._outcome import learned_before
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, percent
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall

MAX_ONE_HOT = 0.8
WIDE = 2.0  # times the fitting gain, of queries or keys
FAR_INPUT = 5.0  # RMS of what is attended to; a normalization leaves 1.0


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding, at the first such layer in forward order."""
    judged = [(share, call) for call in m.calls if (share := _one_hot(call)) is not None]
    sick = [(share, call) for share, call in judged if share > MAX_ONE_HOT]
    if not sick or learned_before(m):
        return
    share, first = sick[0]
    yield RULE.found(
        Severity.WARNING,
        Symptom.SATURATED,
        _cause(m, first),
        f"{percent(share)} of the queries of {named([first.label])} look at one key only "
        f"(limit {percent(MAX_ONE_HOT)}): the softmax over the scores is saturated; "
        f"{len(sick)} of {len(judged)} attention layers are beyond it",
        where=[call.label for _, call in sick],
        evidence=[Evidence(name="one-hot queries", value=share, unit="share")],
    )


def _one_hot(call: LayerCall) -> float | None:
    return None if call.forward is None else call.forward.attention_one_hot


def _cause(m: Measurements, first: LayerCall) -> Cause:
    inside = tuple(f"{first.path}/{name}" for name in ("query", "key"))
    if any(k.call.path in inside and k.times_too_wide > WIDE for k in hidden_kernels(m)):
        return Cause.INITIALIZER
    read = [c.forward.rms for c in m.calls if c.index in first.inputs and c.forward is not None]
    raw = [] if read else [fact.rms for fact in m.inputs if not fact.integer_valued]
    if any(rms > FAR_INPUT for rms in (*read, *raw)):
        return Cause.INPUT_SCALE
    trained = m.optimizer is not None and m.optimizer.iterations > 0
    return Cause.LEARNING_RATE if trained else Cause.ACTIVATION


RULE = Rule(
    code="A106",
    name="attention-saturated",
    check=check,
    explains=frozenset({"V101", "S103", "A107", "T102"}),
    unless=frozenset({"N103"}),
)
