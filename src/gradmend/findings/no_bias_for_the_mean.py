"""No bias anywhere, and targets whose mean is far from zero.

## What it means
Without biases, and with activations that are odd (linear, tanh), a network turns into its negative
when its inputs do: over inputs that are centred its predictions average to zero. Targets far
from zero stay out of reach, by their mean, however long it trains.

## How it is measured
No trainable bias, embedding or shift in the model, odd activations only, inputs of mean near zero
without a constant feature, a loss that measures a distance, and targets whose mean is larger than
their deviation.

## When it is wrong
ReLU layers can build a level out of centred inputs: not judged. Features that are centred together
but not each for itself may carry a level: by itself this is a warning, and an error only
where a training ends no better than a constant.

## What to try
`use_bias=True` in the last layer, or targets with their mean subtracted.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 5.1.4: affine, not linear.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._layers import own_activation
from gradmend.findings._loss_families import DISTANCES, canonical
from gradmend.findings._outcome import course_failed
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.facts import TensorFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MAX_SHIFT = 1.0  # deviations of the targets: then the mean is half of their mean square
CENTRED = 0.1  # of the RMS of the inputs
ODD = frozenset({None, "linear", "tanh", "hard_tanh", "soft_sign", "softsign", "tanh_shrink"})
ODD_ROLES = frozenset({"dense", "conv", "reshape", "dropout", "activation"})


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output that cannot reach the mean of its targets."""
    if not _odd(m) or not all(map(_centred, m.inputs)):
        return
    for output in m.outputs:
        target = output.target
        if target is None or target.nonfinite or canonical(output.loss) not in DISTANCES:
            continue
        if output.activation not in ODD or abs(target.mean) <= MAX_SHIFT * target.std:
            continue
        where = output.layer or output.name
        yield RULE.found(
            Severity.ERROR if course_failed(m.course) else Severity.WARNING,
            Symptom.NOT_LEARNING,
            Cause.BIAS,
            f"no layer has a bias, and the targets of {named([where])} have mean "
            f"{number(target.mean)} and standard deviation {number(target.std)} "
            f"(limit {number(MAX_SHIFT)} standard deviation): on centred inputs the predictions "
            f"average to zero",
            where=[where],
            evidence=[
                Evidence(name="mean of the targets", value=target.mean, unit="target units"),
                Evidence(name="deviation of the targets", value=target.std, unit="target units"),
            ],
        )


def _odd(m: Measurements) -> bool:
    """Whether the model is known to turn into its negative with its inputs."""
    plain = all(w.role == "kernel" for w in m.weights if w.trainable)
    odd = all(call.role in ODD_ROLES and own_activation(call) in ODD for call in m.calls)
    return bool(m.calls) and plain and odd


def _centred(fact: TensorFacts) -> bool:
    return abs(fact.mean) <= CENTRED * fact.rms and fact.constant_share == 0.0


RULE = Rule(
    code="I105",
    name="no-bias-for-the-mean",
    check=check,
    explains=frozenset({"D102", "S102", "S103", "T102", "T103"}),
    unless=frozenset({"N101", "N102"}),
)
