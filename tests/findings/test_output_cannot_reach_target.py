from __future__ import annotations

import pytest

from gradmend.findings.output_cannot_reach_target import check
from gradmend.records import Cause, Severity
from tests.findings.records import classifier_head, mlp, regression_head, tensor


def test_relu_cannot_be_negative() -> None:
    (finding,) = check(mlp(outputs=(regression_head(activation="relu"),)))
    assert finding.message == (
        "output 'head' ends in relu (range 0..inf), but targets run from -3 to 3: "
        "about 50 % are out of reach (limit 10 %)"
    )
    assert (finding.cause, finding.certain) == (Cause.OUTPUT_ACTIVATION, True)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softmax", "hard_sigmoid"])
def test_a_bounded_output_cannot_reach_house_prices(activation: str) -> None:
    prices = tensor("y", mean=200.0, std=50.0, smallest=40.0, largest=900.0)
    (finding,) = check(mlp(outputs=(regression_head(activation=activation, target=prices),)))
    assert finding.certain


def test_a_few_out_of_reach_are_a_warning() -> None:
    target = tensor("y", mean=2.0, std=1.0, smallest=-0.6, largest=5.0)
    (finding,) = check(mlp(outputs=(regression_head(activation="relu", target=target),)))
    assert (finding.severity, finding.certain) == (Severity.WARNING, False)


def test_noise_at_the_edge_is_a_note() -> None:
    target = tensor("y", mean=0.5, std=0.5, smallest=-0.01, largest=1.01)
    (finding,) = check(mlp(outputs=(regression_head(activation="sigmoid", target=target),)))
    assert finding.severity is Severity.NOTE


@pytest.mark.parametrize("activation", ["linear", None, "leaky_relu"])
def test_is_silent_on_unbounded_outputs(activation: str | None) -> None:
    assert not list(check(mlp(outputs=(regression_head(activation=activation),))))


def test_is_silent_on_targets_in_range() -> None:
    target = tensor("y", mean=0.5, std=0.3, smallest=0.0, largest=1.0)
    assert not list(check(mlp(outputs=(regression_head(activation="sigmoid", target=target),))))
    assert not list(check(mlp(outputs=(classifier_head(),))))


@pytest.mark.parametrize("loss", ["msle", "mean_absolute_percentage_error"])
def test_errors_in_logarithms_and_percent_are_distances_too(loss: str) -> None:
    far = tensor("y", mean=33.0, std=40.0, smallest=1.0, largest=400.0)
    head = regression_head(activation="sigmoid", loss=loss, target=far)
    (finding,) = check(mlp(outputs=(head,)))
    assert finding.certain
