from __future__ import annotations

from dataclasses import replace

from gradmend.findings.non_finite_weight import check
from tests.findings.records import mlp, with_weights


def test_names_the_first_broken_weight() -> None:
    broken = with_weights(mlp(3), lambda w: replace(w, nonfinite=2 if w.layer != "head" else 0))
    (finding,) = check(broken)
    assert finding.message == (
        "3 weights hold 6 entries that are NaN or infinite (limit 0), first 'dense_0/kernel'"
    )
    assert finding.certain


def test_a_table_that_is_not_trained_may_hold_infinity() -> None:
    masks = with_weights(mlp(3), lambda w: replace(w, nonfinite=2, trainable=False))
    assert not list(check(masks))
