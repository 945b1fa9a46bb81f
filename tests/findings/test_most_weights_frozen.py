from __future__ import annotations

from dataclasses import replace

from gradmend.findings import diagnose
from gradmend.findings.most_weights_frozen import check
from gradmend.records import Measurements, Severity
from tests.findings.records import followed, mlp


def frozen(trainable: int) -> Measurements:
    m = mlp()
    return replace(m, model=replace(m.model, frozen_layers=3, trainable_parameters=trainable))


def test_is_the_root_of_a_training_that_failed() -> None:
    root, *below = diagnose(followed(frozen(650), 2.4, 2.31, 2.3))
    assert (root.code, root.severity) == ("Z103", Severity.ERROR)
    assert root.message == (
        "3 frozen layers hold 94 % of the parameters (limit 50 %), and the rest learned next to "
        "nothing"
    )
    assert [finding.code for finding in below] == ["T102"]


def test_is_silent_without_a_training_and_on_one_that_works() -> None:
    assert not list(check(frozen(650)))
    assert not list(check(followed(frozen(650), 2.4, 1.0, 0.4)))


def test_is_silent_on_a_small_frozen_part() -> None:
    assert not list(check(followed(frozen(9_000), 2.4, 2.31, 2.3)))


def test_speaks_of_a_training_that_learned_little() -> None:
    assert list(check(followed(frozen(650), 2.58, 2.2, 1.91)))
    assert not list(check(followed(frozen(650), 2.58, 2.0, 1.6)))
