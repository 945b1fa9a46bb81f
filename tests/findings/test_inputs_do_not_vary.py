from __future__ import annotations

from gradmend.findings.inputs_do_not_vary import check
from gradmend.records import Cause, Severity
from tests.findings.records import classifier_head, labels, mlp, tensor

SAME = tensor(mean=1.0, std=0.0, constant_share=1.0, distinct=1)


def test_equal_rows_before_targets_that_vary_are_certain() -> None:
    (finding,) = check(mlp(inputs=(SAME,)))
    assert (finding.severity, finding.cause, finding.certain) == (Severity.ERROR, Cause.DATA, True)
    assert finding.message.startswith("input 'x' is the same for all 128 samples of the batch")


def test_equal_rows_of_different_entries_count_too() -> None:
    assert list(check(mlp(inputs=(tensor(constant_share=1.0),))))


def test_is_silent_on_one_constant_input_of_two() -> None:
    assert not list(check(mlp(inputs=(SAME, tensor("z")))))


def test_is_silent_on_some_constant_features_and_on_few_rows() -> None:
    assert not list(check(mlp(inputs=(tensor(constant_share=0.9),))))
    assert not list(check(mlp(inputs=(SAME,), batch_size=4)))


def test_equal_targets_too_leave_a_doubt() -> None:
    same = classifier_head(target=labels(distinct=1, mean=3.0, std=0.0))
    (finding,) = check(mlp(inputs=(SAME,), outputs=(same,)))
    assert not finding.certain
