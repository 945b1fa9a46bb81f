from __future__ import annotations

from typing import Any

import pytest

from gradmend.findings.loss_does_not_fit_target import check
from gradmend.records import Cause, Finding, Severity
from tests.findings.records import mlp, regression_head, tensor


def found(loss: str, target: dict[str, Any], **head: Any) -> list[Finding]:
    facts = tensor("y", shape=(128, 1), **target)
    return list(check(mlp(depth=2, outputs=(regression_head(loss=loss, target=facts, **head),))))


COUNTS = {"smallest": 0.0, "largest": 9.0, "integer_valued": True}


def test_a_percentage_of_zero() -> None:
    (finding,) = found("mean_absolute_percentage_error", COUNTS, trivial_loss=4.6e8)
    assert (finding.cause, finding.certain) == (Cause.LOSS_PAIRING, True)
    assert finding.message == (
        "mean_absolute_percentage_error of output 'head' divides by targets of zero: it is "
        "4.6e+08 % (limit 1.0e+05 %)"
    )


def test_a_cosine_of_single_numbers() -> None:
    (finding,) = found("cosine_similarity", {})
    assert finding.message == (
        "cosine_similarity of output 'head' compares single numbers: only their sign counts (at "
        "least 2 units are wanted)"
    )


def test_a_logarithm_of_negative_predictions() -> None:
    (finding,) = found("poisson", COUNTS, smallest=-0.4)
    assert finding.cause is Cause.OUTPUT_ACTIVATION
    assert "of predictions that may be negative (here from -0.4; only" in finding.message
    (later,) = found("poisson", COUNTS, smallest=0.1)
    assert (later.severity, later.certain) == (Severity.WARNING, False)


@pytest.mark.parametrize(
    ("loss", "target", "head"),
    [
        ("mean_absolute_percentage_error", {"smallest": 2.0, "largest": 9.0}, {}),
        ("mean_absolute_percentage_error", COUNTS, {"trivial_loss": 70.0}),
        ("cosine_similarity", {}, {"units": 8}),
        ("poisson", COUNTS, {"activation": "softplus", "smallest": 0.1}),
        ("poisson", COUNTS, {"activation": "exponential", "smallest": 0.1}),
        ("mean_squared_error", COUNTS, {}),
    ],
)
def test_is_silent_on_losses_that_can_be_answered(
    loss: str, target: dict[str, Any], head: dict[str, Any]
) -> None:
    assert not found(loss, target, **head)
