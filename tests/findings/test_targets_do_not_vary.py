from __future__ import annotations

from gradmend.findings.targets_do_not_vary import check
from gradmend.records import Severity
from tests.findings.records import classifier_head, labels, mlp

ONE_CLASS = (classifier_head(target=labels(distinct=1, mean=3.0, std=0.0)),)


def test_one_class_in_the_batch_is_a_note() -> None:
    (finding,) = check(mlp(outputs=ONE_CLASS))
    assert finding.severity is Severity.NOTE
    assert finding.message.startswith("target 'y' is 3 for all 128 samples of the batch")


def test_is_silent_on_a_batch_too_small_to_tell() -> None:
    assert not list(check(mlp(outputs=ONE_CLASS, batch_size=8)))


def test_is_silent_on_labels_that_vary() -> None:
    assert not list(check(mlp()))
