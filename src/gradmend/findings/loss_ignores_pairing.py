"""The loss compares every prediction with every target of the batch.

## What it means
Predictions of shape (n, 1) and targets of shape (n,) do not pair up: their difference has the
shape (n, n), and its mean draws every prediction to the mean of all targets. The loss falls a
little, the gradient is fine, and the network learns a constant.

## How it is measured
A loss of your own is evaluated again with the targets of the batch in another order. One that
pairs them with predictions changes; this one stays the same to a thousandth of what other
targets would change. The losses of Keras bring both to one shape themselves and are not tried.

## When it is wrong
A loss that compares two distributions as a whole (the mean of all outputs, maximum mean
discrepancy) does not pair on purpose. A loss that does not read its targets is not judged.

## What to try
Give both the same shape: `y_true = ops.reshape(y_true, ops.shape(y_pred))`, or keep the column
with `y_true[:, 0:1]`.

## References
keras-team/keras issues 14627 and 16836: losses of (n,) against (n, 1).
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings._rule import Rule
from gradmend.findings._wording import named, number
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

PAIRED = 1e-3  # rounding of a mean over (n, n) stays below; losses that pair move by 0.05 and more


def check(m: Measurements) -> Iterator[Finding]:
    """Yield one finding per output whose loss takes all targets for each prediction."""
    for output in m.outputs:
        if output.pairing is None or output.pairing >= PAIRED or output.std <= 0.0:
            continue
        target = None if output.target is None else output.target.shape
        where = output.layer or output.name
        yield RULE.found(
            Severity.ERROR,
            Symptom.NOT_LEARNING,
            Cause.LOSS_PAIRING,
            f"{output.loss} stays the same when targets change places: it compares every "
            f"prediction of {named([where])} (shape {output.shape}) with every target (shape "
            f"{target}), at {number(output.pairing)} of the change that other targets make "
            f"(limit {number(PAIRED)})",
            where=[where],
            evidence=[Evidence(name="change by order", value=output.pairing, unit="share")],
            certain=True,
        )


RULE = Rule(
    code="L108",
    name="loss-ignores-pairing",
    check=check,
    explains=frozenset({"S103", "T102", "T106"}),
)
