from __future__ import annotations

import pytest

from gradmend.findings import diagnose
from gradmend.findings.target_far_from_unit_scale import check
from gradmend.records import Cause, Severity
from tests.findings.records import classifier_head, followed, labels, mlp, regression_head, tensor

THOUSANDS = tensor("y", rms=900.0, std=880.0)


def test_targets_in_the_thousands() -> None:
    (finding,) = check(mlp(outputs=(regression_head(target=THOUSANDS),)))
    assert finding.message == "target 'y' has RMS 900, far from 1 (limit 10 target units)"
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.TARGET_SCALE)


def test_targets_that_hardly_vary_are_a_note() -> None:
    (finding,) = check(mlp(outputs=(regression_head(target=tensor("y", std=1e-3)),)))
    assert finding.severity is Severity.NOTE
    assert "standard deviation 0.001" in finding.message


def test_is_silent_once_the_output_has_their_size() -> None:
    assert not list(check(mlp(outputs=(regression_head(target=THOUSANDS, std=870.0),))))


@pytest.mark.parametrize("loss", ["mean_absolute_percentage_error", "poisson", "my_loss"])
def test_is_silent_on_losses_without_that_scale(loss: str) -> None:
    assert not list(check(mlp(outputs=(regression_head(target=THOUSANDS, loss=loss),))))


def test_is_silent_on_class_numbers() -> None:
    assert not list(check(mlp(outputs=(classifier_head(target=labels(1000)),))))


def test_tiny_targets_below_a_large_output_are_the_cause_of_a_training_that_failed() -> None:
    tiny = tensor("y", rms=1e-5, std=1e-5, largest=3e-5, smallest=-3e-5)
    m = mlp(outputs=(regression_head(target=tiny, std=0.4),))
    failed = followed(m, 0.25, 0.2, 0.1, 0.01, trivial=1e-10)
    (finding,) = check(failed)
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.TARGET_SCALE)
    root, *below = diagnose(failed)
    assert (root.code, below[0].code) == ("D102", "T102")


def test_targets_in_the_hundreds_that_are_reached_all_the_same_are_a_note() -> None:
    m = mlp(outputs=(regression_head(target=THOUSANDS),))
    (arrived,) = check(followed(m, 155.0, 60.0, 38.0, trivial=64.0))
    (stuck,) = check(followed(m, 155.0, 60.0, 55.0, trivial=64.0))
    assert (arrived.severity, stuck.severity) == (Severity.NOTE, Severity.WARNING)


def test_a_long_training_worse_than_the_mean_of_large_targets_is_sick() -> None:
    m = mlp(outputs=(regression_head(target=THOUSANDS),))
    (sick,) = check(followed(m, 155.0, 140.0, 130.0, 120.0, trivial=64.0, total_steps=400))
    (short,) = check(followed(m, 155.0, 140.0, 130.0, 120.0, trivial=64.0, total_steps=40))
    assert (sick.severity, short.severity) == (Severity.ERROR, Severity.WARNING)
