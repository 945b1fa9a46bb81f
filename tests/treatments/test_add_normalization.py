from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.add_normalization import TREATMENT, prescribe
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


def test_holds_blocks_that_grow_until_the_gradient_is_lost_and_no_other_block() -> None:
    for cause, wanted in ((Cause.DEPTH, 1), (Cause.ACTIVATION, 0)):
        found = finding("Z101", cause)
        assert TREATMENT.answers(found)
        assert len(list(prescribe(mlp(20), found))) == wanted
    assert TREATMENT.answers(finding("V103", Cause.NORMALIZATION))
