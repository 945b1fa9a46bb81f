from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings.constraint_shrinks_weights import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import followed, mlp, rehearsed, with_weights


def held(left: float, *losses: float, constraint: str | None = "MaxNorm") -> Measurements:
    """Two hidden layers whose constrained kernels keep a share of their norm."""
    m = with_weights(
        mlp(2, "relu", gain=1.41),
        lambda w: replace(w, constraint=constraint) if w.role == "kernel" else w,
    )
    after = with_weights(m, lambda w: replace(w, norm=w.norm * left)).weights
    return rehearsed(m, *(losses or (2.3, 2.3, 2.3)), weights=after)


def test_says_what_is_left_of_the_kernels() -> None:
    (finding,) = check(held(0.04))
    assert finding.message == (
        "the constraint MaxNorm cuts the kernels of 'dense_0', 'dense_1' to 0.04 of their size "
        "in the first steps (limit 0.5)"
    )
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.REGULARIZATION)
    assert finding.where == ("dense_0", "dense_1")


def test_a_training_that_learns_makes_it_a_warning() -> None:
    (finding,) = check(followed(held(0.04), 2.3, 1.0, 0.2))
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize("left", [1.02, 0.7, 0.45])
def test_is_silent_where_the_kernels_stay_wide_enough(left: float) -> None:
    assert not list(check(held(left)))


def test_kernels_that_shrink_without_a_constraint_are_another_matter() -> None:
    assert not list(check(held(0.04, constraint=None)))


def test_without_a_rehearsal_nothing_is_known() -> None:
    assert not list(check(replace(held(0.04), rehearsal=None)))
