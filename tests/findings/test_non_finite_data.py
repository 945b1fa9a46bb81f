from __future__ import annotations

from math import nan

from gradmend.findings.non_finite_data import check
from gradmend.records import Cause, LossFacts, Severity
from tests.findings.records import labels, mlp, regression_head, tensor

NAN = LossFacts(total=nan, data=nan, penalty=0.0)


def test_names_the_input_and_counts_the_entries() -> None:
    (finding,) = check(mlp(inputs=(tensor("x"), tensor("z", nonfinite=7)), loss=NAN))
    assert finding.message == "input 'z' holds 7 entries that are NaN or infinite (limit 0)"
    assert (finding.cause, finding.certain, finding.where) == (Cause.DATA, True, ("z",))


def test_names_the_target() -> None:
    target = tensor("y", nonfinite=1)
    (finding,) = check(mlp(outputs=(regression_head(target=target),), loss=NAN))
    assert finding.message.startswith("target 'y' holds 1 entries")


def test_is_a_warning_while_the_model_copes_with_missing_values() -> None:
    (finding,) = check(mlp(inputs=(tensor(nonfinite=7),)))
    assert finding.severity is Severity.WARNING
    assert not finding.certain


def test_is_silent_on_finite_data() -> None:
    assert not list(check(mlp(inputs=(tensor(), labels()))))
