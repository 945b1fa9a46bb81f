from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings.no_bias_for_the_mean import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import (
    bias,
    call,
    followed,
    kernel,
    mlp,
    network,
    regression_head,
    tensor,
)


def without_bias(activation: str = "linear", mean: float = 5.9, std: float = 3.0) -> Measurements:
    """One layer without a bias, and targets far from zero."""
    target = tensor("y", mean=mean, std=std)
    calls = [call(0, "hidden", activation=activation), call(1, "head", activation="linear")]
    output = regression_head(layer="head", target=target)
    return network(calls, outputs=(output,), weights=(kernel("hidden"), kernel("head")))


def test_the_mean_of_the_targets_is_out_of_reach() -> None:
    (finding,) = check(without_bias())
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.BIAS)
    assert finding.message == (
        "no layer has a bias, and the targets of 'head' have mean 5.9 and standard deviation 3 "
        "(limit 1 standard deviation): on centred inputs the predictions average to zero"
    )


def test_a_training_that_failed_makes_it_an_error() -> None:
    (finding,) = check(followed(without_bias("tanh"), 47.0, 42.0, 41.0, trivial=9.3))
    assert finding.severity is Severity.ERROR


def test_the_limit_is_one_deviation() -> None:
    assert not list(check(without_bias(mean=-2.9)))
    assert list(check(without_bias(mean=-3.1)))


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "gelu"])
def test_activations_that_are_not_odd_can_build_a_level(activation: str) -> None:
    assert not list(check(without_bias(activation)))


def test_a_bias_an_offset_or_a_constant_feature_is_enough() -> None:
    m = without_bias()
    assert not list(check(replace(m, weights=(*m.weights, bias("head")))))
    assert not list(check(replace(m, inputs=(tensor(mean=0.5, rms=1.1),))))
    assert not list(check(replace(m, inputs=(tensor(constant_share=0.1),))))


def test_classes_and_unknown_targets_are_not_judged() -> None:
    m = without_bias()
    assert not list(check(replace(m, outputs=(regression_head(target=None),))))
    assert not list(check(replace(m, outputs=mlp(2).outputs)))
