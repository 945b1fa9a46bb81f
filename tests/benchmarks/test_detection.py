"""The detection benchmark: the truth of a case, judging again, and the published rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from benchmarks.detection.judge import judged, judged_again
from benchmarks.detection.published import RULE_SETS, seen_in
from benchmarks.detection.table import figures, markdown, published, share

from gradmend.records import Measurements, Verdict, Visit
from gradmend.records.codec import encode
from tests.findings.records import followed, mlp, rehearsed, with_calls, with_weights

WELL = followed(mlp(3), 2.3, 1.0, 0.2)
BADLY = followed(mlp(30, "sigmoid", fall=0.626), 2.3, 2.3, 2.3)


def record(m: Measurements, kind: str, skill: float | None, **changes: Any) -> dict[str, Any]:
    visit = Visit(verdict=Verdict.UNKNOWN, reason="as stored", measurements=m)
    return {
        "name": f"{kind} case",
        "kind": kind,
        "split": "dev",
        "base": "mlp",
        "causes": ["activation"],
        "faulty": [],
        "seed": 0,
        "backend": "jax",
        "skill": skill,
        "skills": [0.0, skill or 0.0],
        "error": None,
        "visit": encode(visit),
        "last": None,
    } | changes


BASE = record(WELL, "base", 0.9)


@pytest.mark.parametrize(
    ("kind", "skill", "truth"),
    [
        ("seeded", 0.0, "sick"),
        ("seeded", 0.45, "sick"),
        ("seeded", 0.6, "hurt"),
        ("seeded", 0.85, "survived"),
        ("variation", 0.85, "healthy"),
        ("variation", 0.6, "unfit"),
        ("real", 0.2, "sick"),
        ("real", 0.8, "survived"),
        ("gallery", None, "healthy"),
    ],
)
def test_the_truth_is_told_by_the_twin(kind: str, skill: float | None, truth: str) -> None:
    assert judged([BASE, record(BADLY, kind, skill)])[1].truth == truth


def test_without_a_twin_that_learned_nothing_is_counted() -> None:
    poor = record(WELL, "base", 0.3)
    assert [case.truth for case in judged([poor, record(BADLY, "seeded", 0.0)])] == ["unfit"] * 2


def test_a_program_that_the_backend_refuses_is_no_case() -> None:
    refused = record(BADLY, "seeded", 0.0, error="IndexError: label 10", skills=[])
    assert judged([BASE, refused])[1].truth == "refused"


def test_a_stored_case_is_judged_with_the_rules_of_today() -> None:
    healthy, sick = judged([BASE, record(BADLY, "seeded", 0.0)])
    assert (healthy.visit.verdict, sick.visit.verdict) == (Verdict.HEALTHY, Verdict.SICK)
    assert sick.cause_right


def test_a_rehearsal_that_gradmend_would_not_take_is_not_used() -> None:
    silent = rehearsed(mlp(3), 2.3, 9.0, 9.0)
    stored = Visit(verdict=Verdict.UNKNOWN, reason="", measurements=silent)
    found = judged_again(stored)
    assert found.verdict is Verdict.HEALTHY
    assert found.measurements is not None
    assert found.measurements.rehearsal is None


def test_counts_and_tables() -> None:
    cases = judged([BASE, record(BADLY, "seeded", 0.0), record(WELL, "gallery", None)])
    found = figures(cases)
    assert found["seeded"]["recall"] == share(1, 1)
    assert found["healthy"]["false alarms"] == share(0, 2)
    results = {
        "about": "jax, 1 seed",
        "splits": {"dev": found | {"published": published(cases)}},
        "faults": [],
    }
    assert "| seeded, sick (1) | 100.0 % (1/1) |" in markdown(results)
    assert "| AUTOTRAINER |" in markdown(results)


def flags(m: Measurements, skill: float = 0.0) -> set[str]:
    seen = seen_in(record(m, "seeded", skill))
    assert seen is not None
    return {name for name, rules in RULE_SETS.items() if rules(seen)}


def test_published_rules_are_silent_on_a_plain_network_that_learns() -> None:
    assert flags(WELL, skill=0.9) <= {"UMLAUT"}  # which wants inputs within -1..1


def gradient(m: Measurements, norm: float, **changes: Any) -> Measurements:
    first = m.weights[0].path
    return with_weights(
        m,
        lambda w: (
            replace(w, gradient_norm=norm, gradient_rms=norm / 64, **changes)
            if w.path == first
            else w
        ),
    )


def test_each_published_rule_set_sees_what_it_was_made_for() -> None:
    vanished = gradient(BADLY, 1e-9)
    assert flags(vanished) >= {"AUTOTRAINER", "DeepDiagnosis", "TheDeepChecker", "DEFault"}
    dead = with_calls(
        BADLY,
        lambda c: replace(
            c,
            activation="relu",
            weights=("k",),
            forward=c.forward and replace(c.forward, zero_share=1.0, dead_units=64),
        ),
    )
    assert flags(dead) >= {"DeepDiagnosis", "TheDeepChecker", "DEFault"}
    assert m_with_rate(10.0) >= {"UMLAUT"}


def m_with_rate(rate: float) -> set[str]:
    assert WELL.optimizer is not None
    return flags(replace(WELL, optimizer=replace(WELL.optimizer, learning_rate=rate)))


def test_autotrainer_looks_only_when_the_accuracy_is_poor() -> None:
    assert "AUTOTRAINER" in flags(gradient(BADLY, 1e-9), skill=0.3)
    assert "AUTOTRAINER" not in flags(gradient(BADLY, 1e-9), skill=0.9)
