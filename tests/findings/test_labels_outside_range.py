from __future__ import annotations

from dataclasses import replace

from gradmend.findings.labels_outside_range import check
from gradmend.records import Cause, Severity
from tests.findings.records import classifier_head, labels, mlp, regression_head, tensor


def test_classes_that_count_from_one() -> None:
    head = classifier_head(target=labels(smallest=1.0, largest=10.0))
    (finding,) = check(mlp(outputs=(head,)))
    assert finding.message == (
        "labels of output 'head' run from 1 to 10, but sparse_categorical_crossentropy reads 0..9"
    )
    assert (finding.cause, finding.certain) == (Cause.LABELS, True)


def test_minus_one_for_binary_crossentropy() -> None:
    target = tensor("y", smallest=-1.0, largest=1.0)
    head = classifier_head(units=1, activation="sigmoid", loss="binary_crossentropy", target=target)
    (finding,) = check(mlp(outputs=(head,)))
    assert finding.certain


def test_an_ignored_class_is_a_warning() -> None:
    head = classifier_head(target=labels(smallest=-1.0))
    (finding,) = check(mlp(outputs=(head,)))
    assert (finding.severity, finding.certain) == (Severity.WARNING, False)


def test_is_silent_on_fitting_labels() -> None:
    soft = tensor("y", smallest=0.0, largest=1.0)
    heads = (
        classifier_head(),
        classifier_head(loss="categorical_crossentropy", target=soft),
        regression_head(),
        classifier_head(target=None),
    )
    assert not list(check(mlp(outputs=heads)))


def test_many_classes_before_one_unit_are_a_question_of_the_loss() -> None:
    head = regression_head(loss="binary_crossentropy", activation="sigmoid", target=labels(10))
    (many,) = check(mlp(outputs=(head,)))
    (two,) = check(mlp(outputs=(replace(head, target=labels(2, smallest=1.0, largest=2.0)),)))
    assert (many.cause, two.cause) == (Cause.LOSS_PAIRING, Cause.LABELS)
