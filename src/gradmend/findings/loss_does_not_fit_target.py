"""The loss asks these targets a question that has no useful answer.

## What it means
Three pairs look right and cannot work. A percentage error divides by the target: where that is
zero, one row outweighs millions of others, and predicting zero everywhere is the best. A cosine
between single numbers is only a sign. A Poisson loss takes the logarithm of the prediction: an
output that may be negative makes it NaN.

## How it is measured
The name of the loss, the number of units, the smallest and largest target and prediction of the
batch, and for the percentage error the loss itself: above 100,000 % it is made of divisions by
next to nothing.

## When it is wrong
Targets that are positive everywhere suit a percentage error; zeros that a sample weight takes out
are not known here.

## What to try
Mean absolute error, or the logarithm of the targets (`mean_squared_logarithmic_error`), for counts
with zeros; `mse` for one number; `activation="softplus"` or `"exponential"` before a Poisson loss.

## References
Hyndman & Koehler (2006), Another look at measures of forecast accuracy, section 2.2.
keras-team/keras issues 590 (Poisson) and 2672 (cosine).
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._activation_families import RANGES
from gradmend.findings._layers import WEIGHTED, call_of_output
from gradmend.findings._loss_families import canonical
from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.facts import OutputFacts
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

PERCENT = "mean_absolute_percentage_error"
COSINES = frozenset({"cosine_similarity", "cosine_proximity", "cosine"})
MOST_PERCENT = 1e5  # a thousand times off in the mean of all rows


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output whose loss cannot be answered."""
    for output in m.outputs:
        told = _trouble(m, output)
        if told is None:
            continue
        cause, why, evidence = told
        where = output.layer or output.name
        # A linear output may still be positive everywhere: then it is only about to break.
        broken = cause is not Cause.OUTPUT_ACTIVATION or output.smallest < 0.0
        yield RULE.found(
            Severity.ERROR if broken else Severity.WARNING,
            Symptom.NOT_LEARNING,
            cause,
            f"{output.loss} of output {named([where])} {why}",
            where=[where],
            evidence=[evidence],
            certain=broken,
        )


def _trouble(m: Measurements, output: OutputFacts) -> tuple[Cause, str, Evidence] | None:
    loss, target = canonical(output.loss), output.target
    if target is None or target.nonfinite:
        return None
    if loss in COSINES and output.units == 1:
        why = "compares single numbers: only their sign counts (at least 2 units are wanted)"
        return Cause.LOSS_PAIRING, why, Evidence(name="units", value=1.0, unit="units")
    if loss == PERCENT and target.smallest <= 0.0 <= target.largest:
        return _divided_by_zero(m, output)
    low, _ = RANGES.get(output.activation or "linear", (-1.0, 0.0))
    if loss == "poisson" and low < 0.0 and (output.smallest < 0.0 or _is_plain(m, output)):
        why = (
            f"takes the logarithm of predictions that may be negative (here from "
            f"{number(output.smallest)}; only positive ones have one)"
        )
        smallest = Evidence(name="smallest output", value=output.smallest, unit="1")
        return Cause.OUTPUT_ACTIVATION, why, smallest
    return None


def _is_plain(m: Measurements, output: OutputFacts) -> bool:
    """Whether a layer of Keras with weights forms the output: one's own may end in anything."""
    call = call_of_output(m, output)
    return call is not None and call.role in WEIGHTED


def _divided_by_zero(m: Measurements, output: OutputFacts) -> tuple[Cause, str, Evidence] | None:
    # Where most targets are zero the best constant is zero, at 100 %: the loss itself tells.
    size = max(output.trivial_loss or 0.0, m.loss.data if len(m.outputs) == 1 else 0.0)
    if not size >= MOST_PERCENT:
        return None
    why = f"divides by targets of zero: it is {number(size)} % (limit {number(MOST_PERCENT)} %)"
    return Cause.LOSS_PAIRING, why, Evidence(name="percentage error", value=size, unit="%")


RULE = Rule(
    code="L109",
    name="loss-does-not-fit-target",
    check=check,
    explains=frozenset({"N104", "N105", "S102", "S103", "T101", "T102", "T103", "T106"}),
)
