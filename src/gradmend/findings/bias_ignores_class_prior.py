"""One class is far more common than the others, and the last bias starts as if it were not.

## What it means
A fresh classifier says that all classes are equally likely. Where one of them holds nearly all
samples the first steps only teach the last bias how common it is; the loss falls steeply, and
nothing was learned from the inputs yet. It costs a few steps and is no fault: a note.

## How it is measured
The loss of the best constant prediction, which is the entropy of the classes, is below 0.3 of that
of equally likely classes (0.29 for one class of two in 95 % of the samples); the bias of the
layer that forms the output is zero; and the loss of an untrained model is more than twice that
entropy.

## When it is wrong
With sample or class weights the classes weigh what they are told to, and nothing is said; nor is
it of a model that was trained before, of an output without a bias, or of a focal loss.

## What to try
`bias_initializer=keras.initializers.Constant(log(p / (1 - p)))` for a sigmoid, with p the share of
ones; the logarithm of each class's share for a softmax. Judge by precision and recall: a constant
answer is right in 95 % of the cases already.

## References
Karpathy (2019), A recipe for training neural networks: "init well".
Lin et al. (2017), Focal loss for dense object detection, section 3.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from gradmend.findings._kernels import calls_by_layer
from gradmend.findings._layers import head_indices
from gradmend.findings._loss_families import BINARY, CROSSENTROPIES, canonical
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number, percent
from gradmend.records.facts import OutputFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_ENTROPY = 0.3  # of that of equally likely classes
MIN_LOSS = 2.0  # times the entropy


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one note, about a model with a single output."""
    if len(m.outputs) != 1 or m.sample_weights or _was_trained(m):
        return
    output, trivial = m.outputs[0], m.loss.trivial
    classes = _classes(output)
    heads = _zero_biases(m)
    if classes is None or trivial is None or not heads:
        return
    entropy = trivial / log(classes)
    if not 0.0 < entropy < MAX_ENTROPY or not m.loss.data > MIN_LOSS * trivial:
        return
    yield RULE.found(
        Severity.NOTE,
        Symptom.NOT_LEARNING,
        Cause.BIAS,
        f"the bias of {named(heads)} starts at zero, and one class is far more common: the loss "
        f"begins at {number(m.loss.data)}, and {number(trivial)} is had by knowing the classes' "
        f"shares alone ({percent(entropy)} of equally likely classes, limit "
        f"{percent(MAX_ENTROPY)})",
        where=heads,
        evidence=[
            Evidence(name="entropy of the classes", value=entropy, unit="share"),
            Evidence(
                name="first loss over trivial loss", value=m.loss.data / trivial, unit="times"
            ),
        ],
    )


def _was_trained(m: Measurements) -> bool:
    return m.optimizer is None or m.optimizer.iterations > 0


def _classes(output: OutputFacts) -> int | None:
    """How many classes the loss tells apart; None where it is no plain cross-entropy."""
    loss = canonical(output.loss)
    if loss not in CROSSENTROPIES or "focal" in loss:
        return None
    classes = 2 if loss in BINARY else output.units
    return classes if classes > 1 else None


def _zero_biases(m: Measurements) -> list[str]:
    """The layers that form the output, where all of their biases are zero."""
    calls, heads = calls_by_layer(m), head_indices(m)
    own = [
        w
        for w in m.weights
        if w.role == "bias" and w.layer in calls and calls[w.layer].index in heads
    ]
    return [w.layer for w in own] if own and all(w.rms == 0.0 for w in own) else []


RULE = Rule(code="L107", name="bias-ignores-class-prior", check=check)
