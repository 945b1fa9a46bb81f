from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.regularize_activities import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding


def test_holds_back_the_outputs_of_saturated_layers() -> None:
    (cure,) = prescribe(mlp(5, "tanh"), finding("A102", Cause.LEARNING_RATE))
    assert cure.after == ('Dense(64, activation="tanh", activity_regularizer=L2(0.001))',)


def test_is_no_cure_for_anything_else() -> None:
    assert not list(prescribe(mlp(5, "tanh"), finding("S102", Cause.LEARNING_RATE)))
