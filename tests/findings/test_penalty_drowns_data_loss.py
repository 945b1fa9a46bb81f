from __future__ import annotations

import pytest

from gradmend.findings import diagnose
from gradmend.findings.penalty_drowns_data_loss import check
from gradmend.records import Cause, LossFacts, Measurements, Severity
from tests.findings.records import followed, mlp, rehearsed


def with_penalty(penalty: float) -> Measurements:
    return mlp(loss=LossFacts(total=2.4 + penalty, data=2.4, penalty=penalty, trivial=2.3))


def test_speaks_with_both_parts() -> None:
    (finding,) = check(with_penalty(140.0))
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.REGULARIZATION)
    assert finding.message == (
        "penalty of 140 beside a data loss of 2.4: 58 times as large (limit 10 times)"
    )


@pytest.mark.parametrize("penalty", [0.0, 2.4, 20.0, -30.0, float("nan")])
def test_is_silent_on_a_usual_penalty(penalty: float) -> None:
    assert not list(check(with_penalty(penalty)))


def test_an_error_when_the_data_loss_does_not_fall() -> None:
    (stuck,) = check(rehearsed(with_penalty(140.0), 2.4, 2.35, 2.31))
    (learns,) = check(rehearsed(with_penalty(140.0), 2.4, 1.9, 1.2))
    assert (stuck.severity, learns.severity) == (Severity.ERROR, Severity.WARNING)


def test_is_the_root_of_a_training_at_chance_though_the_sum_falls() -> None:
    failed = followed(with_penalty(140.0), 140.0, 40.0, 6.0, 2.4, final_data_loss=2.3)
    root, *below = diagnose(failed)
    assert (root.code, root.severity) == ("G101", Severity.ERROR)
    assert "T102" in [finding.code for finding in below]


def test_where_a_training_failed_a_smaller_penalty_is_enough() -> None:
    ends = {"final_data_loss": 2.3}
    failed = followed(with_penalty(10.0), 12.0, 6.0, 3.0, 2.3, **ends)
    assert [finding.severity for finding in check(failed)] == [Severity.ERROR]
    assert not list(check(followed(with_penalty(10.0), 12.0, 6.0, 3.0, 0.5, final_data_loss=0.4)))
    assert not list(check(followed(with_penalty(6.0), 12.0, 6.0, 3.0, 2.3, **ends)))
