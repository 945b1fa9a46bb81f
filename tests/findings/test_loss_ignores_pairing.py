from __future__ import annotations

import pytest

from gradmend.findings import diagnose
from gradmend.findings.loss_ignores_pairing import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import followed, mlp, regression_head, tensor


def judged(pairing: float | None, **changes: object) -> Measurements:
    head = regression_head(
        loss="own_loss", pairing=pairing, target=tensor("y", shape=(128,)), **changes
    )
    return mlp(depth=2, outputs=(head,))


def test_all_against_all_is_certain() -> None:
    (finding,) = check(judged(2e-7))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.LOSS_PAIRING)
    assert finding.certain
    assert finding.message == (
        "own_loss stays the same when targets change places: it compares every prediction of "
        "'head' (shape (128, 1)) with every target (shape (128,)), at 2.0e-07 of the change that "
        "other targets make (limit 0.001)"
    )


@pytest.mark.parametrize("m", [judged(0.4), judged(None), judged(1e-7, std=0.0)])
def test_is_silent_on_losses_that_pair_or_were_not_tried(m: Measurements) -> None:
    assert not list(check(m))


def test_is_the_root_of_a_training_at_the_mean() -> None:
    root, *below = diagnose(followed(judged(1e-7), 1.4, 1.0, 1.0, trivial=1.0))
    assert root.code == "L108"
    assert [finding.code for finding in below] == ["T102"]
