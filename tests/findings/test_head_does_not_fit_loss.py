from __future__ import annotations

import pytest

from gradmend.findings.head_does_not_fit_loss import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import BATCH, classifier_head, followed, mlp, tensor


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


def multi_label(answers: float, loss: str = "binary_crossentropy") -> Measurements:
    target = tensor("y", shape=(BATCH, 10), mean=answers / 10, smallest=0.0, largest=1.0)
    return mlp(outputs=(classifier_head(loss=loss, target=target),))


@pytest.mark.parametrize("loss", ["binary_crossentropy", "categorical_crossentropy"])
def test_a_softmax_cannot_give_several_answers(loss: str) -> None:
    (before,) = check(multi_label(3.0, loss))
    (after,) = check(followed(multi_label(3.0, loss), 2.4, 2.31, 2.3))
    assert (before.severity, after.severity) == (Severity.WARNING, Severity.ERROR)
    assert after.cause is Cause.OUTPUT_ACTIVATION
    assert "3 of them are right" in after.message


def test_smoothed_labels_are_one_answer() -> None:
    assert not list(check(multi_label(1.0, "categorical_crossentropy")))
