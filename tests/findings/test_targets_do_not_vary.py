from __future__ import annotations

from gradmend.findings import diagnose, training_stays_at_trivial
from gradmend.findings.targets_do_not_vary import check
from gradmend.records import Severity
from tests.findings.records import BATCH, classifier_head, followed, labels, mlp, tensor

ONE_CLASS = (classifier_head(target=labels(distinct=1, mean=3.0, std=0.0)),)


def test_one_class_in_the_batch_is_a_note() -> None:
    (finding,) = check(mlp(outputs=ONE_CLASS))
    assert finding.severity is Severity.NOTE
    assert finding.message.startswith("target 'y' is 3 for all 128 samples of the batch")


def test_is_silent_on_a_batch_too_small_to_tell() -> None:
    assert not list(check(mlp(outputs=ONE_CLASS, batch_size=8)))


def test_is_silent_on_labels_that_vary() -> None:
    assert not list(check(mlp()))


def test_one_class_in_the_whole_training_is_certain() -> None:
    always = followed(mlp(outputs=ONE_CLASS), 1.2, 0.3, 0.1, trivial=1.2e-7)
    root, *below = diagnose(always)
    assert (root.code, root.severity, root.certain) == ("D103", Severity.ERROR, True)
    assert [finding.code for finding in below] in ([], ["T102"])


def test_one_class_by_chance_stays_a_note() -> None:
    (finding,) = check(followed(mlp(outputs=ONE_CLASS), 1.2, 0.3, 0.1, trivial=0.09))
    assert finding.severity is Severity.NOTE


def test_one_hot_rows_that_are_all_the_same() -> None:
    rows = tensor("y", shape=(BATCH, 10), mean=0.1, distinct=2, constant_share=1.0)
    (finding,) = check(mlp(outputs=(classifier_head(target=rows),)))
    assert "is the same row for all" in finding.message


def test_a_contrastive_model_is_told_the_same_row_for_every_sample() -> None:
    rows = tensor("y", shape=(BATCH, 10), mean=0.1, distinct=2, constant_share=1.0)
    head = classifier_head(target=rows, loss="categorical_crossentropy")
    skip_gram = followed(mlp(outputs=(head,)), 1.609, 0.86, 0.67, trivial=4.8e-7)
    (finding,) = check(skip_gram)
    assert finding.severity is Severity.NOTE
    assert not list(training_stays_at_trivial.check(skip_gram))
