"""One-hot attention of a model that has not learned is said, with the cause that is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings.attention_saturated import MAX_ONE_HOT, check
from gradmend.findings.diagnose import diagnose
from gradmend.findings.judge import judge
from gradmend.records import Cause, LossFacts, Measurements, Severity, Symptom, Verdict
from tests.findings.records import call, followed, forward, kernel, network


def attending(share: float | None, *, wide: float = 1.0, rms: float = 1.0) -> Measurements:
    calls = [
        call(0, "norm", "norm", forward=forward(rms=rms)),
        call(1, "block/query", inputs=(0,)),
        call(2, "block/key", inputs=(0,)),
        call(3, "block", "attention", inputs=(0,), forward=forward(attention_one_hot=share)),
        call(4, "head", activation="softmax", class_name="Dense"),
    ]
    weights = (kernel("block/query", wide), kernel("block/key", wide), kernel("head"))
    return network(calls, weights=weights)


def test_speaks_above_the_limit() -> None:
    (found,) = check(attending(0.95))
    assert (found.severity, found.symptom) == (Severity.WARNING, Symptom.SATURATED)
    assert found.where == ("block",)
    assert found.message == (
        "95 % of the queries of 'block' look at one key only (limit 80 %): the softmax over the "
        "scores is saturated; 1 of 1 attention layers are beyond it"
    )


@pytest.mark.parametrize("share", [None, 0.0, 0.4, MAX_ONE_HOT])
def test_is_silent_up_to_the_limit_and_where_nothing_was_seen(share: float | None) -> None:
    assert not list(check(attending(share)))


def test_names_the_cause_it_sees() -> None:
    trained = attending(0.95)
    assert trained.optimizer is not None
    trained = replace(trained, optimizer=replace(trained.optimizer, iterations=100))
    seen = {
        Cause.INITIALIZER: attending(0.95, wide=10.0),
        Cause.INPUT_SCALE: attending(0.95, rms=40.0),
        Cause.LEARNING_RATE: trained,
        Cause.ACTIVATION: attending(0.95),
    }
    assert {cause: next(check(m)).cause for cause, m in seen.items()} == {c: c for c in seen}


def test_trained_heads_may_decide() -> None:
    learned = LossFacts(total=0.1, data=0.1, penalty=0.0, trivial=2.3)
    assert not list(check(replace(attending(0.95), loss=learned)))


def test_a_training_decides() -> None:
    well, badly = followed(attending(0.95), 2.4, 0.1), followed(attending(0.95), 2.4, 2.2)
    assert judge(diagnose(well), well).verdict is Verdict.HEALTHY
    (found, *_) = diagnose(badly)
    assert (found.code, judge((found,), badly).verdict) == ("A106", Verdict.SICK)
