from __future__ import annotations

import pytest

from gradmend.findings import diagnose, judge
from gradmend.findings.logits_before_probability_loss import check
from gradmend.records import Cause, Verdict
from tests.findings.records import classifier_head, followed, mlp

LOGITS = {"smallest": -2.0, "largest": 3.0, "row_sum_error": 4.0}


@pytest.mark.parametrize(
    ("activation", "cause"),
    [("linear", Cause.LOSS_PAIRING), (None, Cause.LOSS_PAIRING), ("relu", Cause.OUTPUT_ACTIVATION)],
)
def test_speaks_with_the_range_seen(activation: str | None, cause: Cause) -> None:
    (finding,) = check(mlp(outputs=(classifier_head(activation=activation, **LOGITS),)))
    assert "reaches -2..3, but sparse_categorical_crossentropy" in finding.message
    assert "(limits 0..1, rows that add up to 1)" in finding.message
    assert (finding.cause, finding.certain) == (cause, True)


def test_rows_that_do_not_add_up_are_enough() -> None:
    head = classifier_head(activation="relu", smallest=0.0, largest=0.8, row_sum_error=0.7)
    assert list(check(mlp(outputs=(head,))))


def test_is_silent_on_logits_with_a_loss_that_reads_them() -> None:
    head = classifier_head(activation="linear", from_logits=True, **LOGITS)
    assert not list(check(mlp(outputs=(head,))))


def test_is_silent_on_a_custom_layer_that_yields_probabilities() -> None:
    assert not list(check(mlp(outputs=(classifier_head(activation=None),))))


def test_is_silent_on_independent_probabilities_for_binary_crossentropy() -> None:
    head = classifier_head(activation=None, loss="binary_crossentropy", row_sum_error=2.0)
    assert not list(check(mlp(outputs=(head,))))


def test_the_divergence_takes_probabilities_as_well() -> None:
    head = classifier_head(activation="linear", loss="kl_divergence", from_logits=None, **LOGITS)
    (finding,) = check(mlp(outputs=(head,)))
    assert "but kl_divergence takes it for a probability" in finding.message
    fitting = classifier_head(activation=None, loss="kld", from_logits=None)
    assert not list(check(mlp(outputs=(fitting,))))


def test_a_training_that_learned_in_spite_of_it_is_watched() -> None:
    m = mlp(outputs=(classifier_head(activation="tanh", **LOGITS),))
    learned, failed = followed(m, 4.2, 0.5, 0.01), followed(m, 4.2, 2.4, 2.3)
    assert judge(diagnose(learned), learned).verdict is Verdict.WATCH
    assert judge(diagnose(failed), failed).verdict is Verdict.SICK


def test_a_divergence_that_fell_proves_nothing() -> None:
    head = classifier_head(activation="linear", loss="kl_divergence", from_logits=None, **LOGITS)
    m = followed(mlp(outputs=(head,)), 4.2, 0.5, 0.01)
    assert judge(diagnose(m), m).verdict is Verdict.SICK
