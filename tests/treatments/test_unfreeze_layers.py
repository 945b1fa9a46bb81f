from __future__ import annotations

from dataclasses import replace

from gradmend.records import Cause
from gradmend.treatments.unfreeze_layers import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding

FROZEN = finding("Z102", Cause.LEARNING_RATE)


def test_says_that_compile_must_follow() -> None:
    (cure,) = prescribe(mlp(), FROZEN)
    assert cure.after[-1] == "model.compile(...)"


def test_is_silent_on_other_findings_and_on_a_model_without_weights() -> None:
    assert not list(prescribe(mlp(), finding("S102", Cause.LEARNING_RATE)))
    m = mlp()
    assert not list(prescribe(replace(m, model=replace(m.model, parameters=0)), FROZEN))


def test_answers_too_little_as_well_as_nothing_to_train() -> None:
    (cure,) = prescribe(mlp(), finding("Z103", Cause.LEARNING_RATE))
    assert cure.after[0] == "model.trainable = True  # every layer"
