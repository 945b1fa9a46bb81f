from __future__ import annotations

from math import inf, nan

from gradmend.findings.non_finite_loss import check
from gradmend.records import Cause, LossFacts
from tests.findings.records import classifier_head, mlp


def test_a_loss_that_breaks_finite_outputs() -> None:
    (finding,) = check(mlp(loss=LossFacts(total=nan, data=nan, penalty=0.0)))
    assert finding.message == (
        "the loss of 'head' is nan although all outputs are finite (a finite loss is needed)"
    )
    assert (finding.cause, finding.certain) == (Cause.NUMERICS, True)


def test_a_penalty_that_overflows() -> None:
    (finding,) = check(mlp(loss=LossFacts(total=inf, data=2.0, penalty=inf)))
    assert finding.message.startswith("the penalty part of the loss is inf")
    assert finding.cause is Cause.REGULARIZATION


def test_is_silent_when_the_output_was_broken_before() -> None:
    loss = LossFacts(total=nan, data=nan, penalty=0.0)
    assert not list(check(mlp(loss=loss, outputs=(classifier_head(nonfinite=3),))))


def test_is_silent_on_a_finite_loss() -> None:
    assert not list(check(mlp()))
