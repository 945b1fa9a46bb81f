from __future__ import annotations

import pytest

from gradmend.findings import diagnose, judge
from gradmend.findings.loss_falls_without_floor import check
from gradmend.records import Cause, Measurements, Verdict
from tests.findings.records import followed, mlp


def falling(*losses: float, trivial: float = -3.9) -> Measurements:
    return followed(mlp(2), *losses, trivial=trivial)


def test_a_distance_with_the_wrong_sign() -> None:
    m = falling(-4.3, -9.0, -40.0, -200.0, -900.0, -4000.0)
    (finding,) = check(m)
    assert finding.cause is Cause.LOSS_PAIRING
    assert finding.message == (
        "the loss falls from -4.3 to -4000, ever faster, 930 times as far below zero as it began "
        "(limit 50 times): it has no least value"
    )
    assert judge(diagnose(m), m).verdict is Verdict.SICK


@pytest.mark.parametrize(
    "losses",
    [
        (-0.1, -0.6, -0.9, -0.96, -0.98, -0.99),  # a cosine similarity
        (1.4, 0.2, -1.0, -2.0, -2.5, -2.7),  # a density
        (-4.3, -900.0, -3000.0, -3500.0, -3800.0, -3900.0),  # comes to rest, wherever that is
        (4000.0, 900.0, 200.0, 40.0, 9.0, 4.3),
        (-4.3, -9.0, float("nan"), float("nan"), float("nan"), float("nan")),
    ],
)
def test_a_loss_with_a_floor_is_left_alone(losses: tuple[float, ...]) -> None:
    assert not list(check(falling(*losses)))


def test_without_a_training_nothing_is_said() -> None:
    assert not list(check(mlp(2)))
