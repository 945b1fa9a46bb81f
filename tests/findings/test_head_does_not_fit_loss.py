from __future__ import annotations

import pytest

from gradmend.findings.head_does_not_fit_loss import check
from gradmend.records import Severity
from tests.findings.records import classifier_head, mlp


@pytest.mark.parametrize(
    ("activation", "loss", "severity"),
    [
        ("sigmoid", "categorical_crossentropy", Severity.WARNING),
        ("softmax", "binary_crossentropy", Severity.NOTE),
    ],
)
def test_speaks_softly(activation: str, loss: str, severity: Severity) -> None:
    (finding,) = check(mlp(outputs=(classifier_head(activation=activation, loss=loss),)))
    assert finding.severity is severity
    assert f"ends in {activation} over 10 units, while {loss} is meant for" in finding.message


@pytest.mark.parametrize(
    ("activation", "loss", "units"),
    [
        ("softmax", "categorical_crossentropy", 10),
        ("sigmoid", "binary_crossentropy", 10),
        ("sigmoid", "binary_crossentropy", 1),
        ("sigmoid", "mean_squared_error", 3),
    ],
)
def test_is_silent_on_pairs_that_fit(activation: str, loss: str, units: int) -> None:
    head = classifier_head(activation=activation, loss=loss, units=units)
    assert not list(check(mlp(outputs=(head,))))
