from __future__ import annotations

from dataclasses import replace

from gradmend.findings import diagnose, judge
from gradmend.findings.batches_of_one_kind import check
from gradmend.records import Cause, Measurements, Severity, Verdict
from tests.findings.records import followed, mlp


def in_order(variety: float | None, final: float, last: float = 0.1) -> Measurements:
    m = followed(mlp(2), 2.4, 0.3, last, final_data_loss=final)
    return replace(m, batch_variety=variety)


def test_sorted_rows_that_are_forgotten() -> None:
    m = in_order(0.02, final=4.1)
    (finding,) = check(m)
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.DATA)
    assert "2 % of the variance" in finding.message


def test_the_low_loss_of_the_training_does_not_overrule_it() -> None:
    m = in_order(0.02, final=4.1)
    assert judge(diagnose(m), m).verdict is Verdict.SICK


def test_a_series_in_its_order_that_is_learned_is_left_alone() -> None:
    assert not list(check(in_order(0.1, final=0.2)))


def test_rows_that_are_mixed_are_left_alone() -> None:
    assert not list(check(in_order(0.95, final=4.1)))
    assert not list(check(in_order(None, final=4.1)))
