from __future__ import annotations

from gradmend.findings import diagnose, judge
from gradmend.findings.samples_weigh_nothing import check
from gradmend.records import Cause, Measurements, Severity, Symptom, TensorFacts, Verdict
from tests.findings.records import followed, mlp, tensor


def weighted(*weights: TensorFacts) -> Measurements:
    return mlp(2, sample_weights=weights)


def constant(value: float) -> TensorFacts:
    return tensor("sample_weight", mean=value, std=0.0, smallest=value, largest=value)


def test_zeros_alone_are_certain() -> None:
    m = weighted(constant(0.0))
    (finding,) = check(m)
    assert (finding.cause, finding.symptom) == (Cause.DATA, Symptom.ZERO_GRADIENT)
    assert "the sample weight of every row is 0" in finding.message
    assert judge(diagnose(m), m).verdict is Verdict.SICK


def test_weights_below_zero_are_a_warning_until_the_training_went_well() -> None:
    m = weighted(tensor("sample_weight", smallest=-1.0, largest=1.0))
    assert [finding.severity for finding in check(m)] == [Severity.WARNING]
    assert [finding.severity for finding in check(followed(m, 2.3, 0.2))] == [Severity.NOTE]


def test_usual_weights_are_left_alone() -> None:
    assert not list(check(weighted()))
    assert not list(check(weighted(constant(1.0))))
    assert not list(check(weighted(tensor("sample_weight", smallest=0.0, largest=50.0))))
    assert not list(check(weighted(constant(0.0), constant(1.0))))  # one output left out
