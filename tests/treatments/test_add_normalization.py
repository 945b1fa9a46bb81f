from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.add_normalization import prescribe
from tests.findings.healthy import fresh_resnet
from tests.findings.records import mlp
from tests.treatments.findings import finding

DEPTH = finding("V101", Cause.DEPTH)


def test_the_batch_decides_which() -> None:
    (large,) = prescribe(mlp(20), DEPTH)
    (small,) = prescribe(mlp(20, batch_size=4), DEPTH)
    assert large.after == ('Dense(64, activation="relu")', "BatchNormalization()")
    assert small.after[-1] == "LayerNormalization()"


def test_is_not_for_shallow_or_normalized_networks() -> None:
    assert not list(prescribe(mlp(3), DEPTH))
    assert not list(prescribe(fresh_resnet(), DEPTH))
