"""Every rule is silent on every healthy record, and none raises on what was not measured."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from gradmend.findings import RULES, Rule, diagnose, judge
from gradmend.records import Measurements, Verdict
from tests.findings.healthy import healthy_records, with_gradients_times
from tests.findings.records import (
    codes,
    mlp,
    recurrence,
    regression_head,
    with_calls,
    with_weights,
)

HEALTHY = healthy_records()
SICK = {
    "sigmoid": mlp(30, "sigmoid", fall=0.626),
    "glorot": mlp(30, "relu", gain=1.0, fall=0.164, flow_fall=0.008),
    "chaotic": mlp(10, "tanh", gain=8.0, fall=-0.4),
    "relu head": mlp(3, outputs=(regression_head(activation="relu"),)),
    "recurrence": mlp(2, times=(recurrence(decades_per_step=0.2),)),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("name", HEALTHY)
def test_is_silent_on_healthy_records(rule: Rule, name: str) -> None:
    assert list(rule.check(HEALTHY[name])) == []


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_records_are_called_healthy(name: str) -> None:
    judgement = judge(diagnose(HEALTHY[name]), HEALTHY[name])
    assert judgement.verdict is Verdict.HEALTHY


def unmeasured(record: Any) -> Any:
    """The record with None wherever None is allowed."""
    gone = {f.name: None for f in fields(record) if "None" in str(f.type)}
    return replace(record, **gone)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_never_raises_on_what_was_not_measured(rule: Rule) -> None:
    for m in (*HEALTHY.values(), *SICK.values()):
        blank = with_weights(with_calls(m, unmeasured), unmeasured)
        blank = replace(
            blank,
            outputs=tuple(map(unmeasured, m.outputs)),
            times=tuple(map(unmeasured, m.times)),
            optimizer=unmeasured(m.optimizer),
            rehearsal=None,
        )
        list(rule.check(blank))
        list(rule.check(replace(m, calls=(), weights=(), inputs=(), outputs=(), times=())))


@pytest.mark.parametrize("factor", [1e-3, 32768.0])
@pytest.mark.parametrize("name", SICK)
def test_a_rescaled_loss_changes_no_finding(name: str, factor: float) -> None:
    m = SICK[name]
    assert codes(diagnose(with_gradients_times(m, factor))) == codes(diagnose(m))
    assert codes(diagnose(m))


def renamed(m: Measurements) -> Measurements:
    def other(path: str) -> str:
        return f"outer/{path[::-1]}"

    moved = with_calls(m, lambda c: replace(c, path=other(c.path)))
    weighed = with_weights(moved, lambda w: replace(w, layer=other(w.layer), path=other(w.path)))
    outputs = tuple(replace(o, layer=other(o.layer or "")) for o in m.outputs)
    return replace(weighed, outputs=outputs)


@pytest.mark.parametrize("name", [*HEALTHY, *SICK])
def test_other_layer_names_change_no_code(name: str) -> None:
    m = {**HEALTHY, **SICK}[name]
    assert codes(diagnose(renamed(m))) == codes(diagnose(m))
