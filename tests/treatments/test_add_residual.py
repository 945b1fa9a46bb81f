from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.add_residual import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding


def test_the_branch_is_normalized_and_starts_at_zero() -> None:
    (cure,) = prescribe(mlp(50), finding("V102", Cause.INITIALIZER))
    assert cure.before == ('x = Dense(64, activation="relu")(x)',)
    assert cure.after == (
        'branch = Dense(64, activation="relu")(LayerNormalization()(x))',
        'x = x + Dense(64, kernel_initializer="zeros")(branch)',
    )


def test_is_not_for_shallow_networks_or_wide_weights() -> None:
    assert not list(prescribe(mlp(8), finding("V102", Cause.INITIALIZER)))
    assert not list(prescribe(mlp(50), finding("I101", Cause.INITIALIZER)))
