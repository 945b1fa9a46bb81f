from __future__ import annotations

from gradmend.records import Cause, OptimizerFacts
from gradmend.treatments.clip_each_variable import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding

EXPLOSION = finding("R101", Cause.RECURRENT_EXPLOSION)


def test_clips_with_the_setting_of_its_own() -> None:
    sgd = OptimizerFacts(name="SGD", learning_rate=0.01)
    (cure,) = prescribe(mlp(2, optimizer=sgd), EXPLOSION)
    assert cure.after == ("SGD(learning_rate=0.01, clipnorm=1.0)",)


def test_has_nothing_to_add_to_an_optimizer_that_clips() -> None:
    clipping = OptimizerFacts(name="SGD", learning_rate=0.01, global_clipnorm=1.0)
    assert not list(prescribe(mlp(2, optimizer=clipping), EXPLOSION))
    assert not list(prescribe(mlp(2, optimizer=None), EXPLOSION))
