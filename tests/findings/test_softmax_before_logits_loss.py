from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings.softmax_before_logits_loss import check
from gradmend.records import Severity
from tests.findings.records import classifier_head, mlp


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_speaks_when_the_output_is_squashed_twice(activation: str) -> None:
    (finding,) = check(mlp(outputs=(classifier_head(activation=activation, from_logits=True),)))
    assert finding.message == (
        f"output 'head' ends in {activation}, and sparse_categorical_crossentropy with "
        "from_logits=True applies it again (exactly 1 of the two is wanted)"
    )
    assert finding.certain


def test_tensorflow_undoes_it() -> None:
    head = classifier_head(from_logits=True)
    (finding,) = check(mlp(outputs=(head,), backend="tensorflow"))
    assert (finding.severity, finding.certain) == (Severity.NOTE, False)
    assert finding.message.endswith("TensorFlow undoes it, other backends do not")


@pytest.mark.parametrize(
    ("activation", "from_logits"), [("softmax", False), ("linear", True), (None, True)]
)
def test_is_silent_on_one_of_the_two(activation: str | None, from_logits: bool) -> None:
    error = 1e-7 if activation == "softmax" else 0.8
    head = classifier_head(activation=activation, from_logits=from_logits, row_sum_error=error)
    assert not list(check(mlp(outputs=(head,))))


def test_a_softmax_behind_reshapes_and_joins_is_told_by_its_sums() -> None:
    head = classifier_head(activation=None, from_logits=True, row_sum_error=2e-7)
    (finding,) = check(mlp(outputs=(head,)))
    assert finding.certain
    assert "ends in softmax" in finding.message
    assert not list(check(mlp(outputs=(replace(head, smallest=-0.1),))))
    assert not list(check(mlp(outputs=(replace(head, loss="mean_squared_error"),))))
