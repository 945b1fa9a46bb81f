from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings import RULES, diagnose
from gradmend.records import Cause, Measurements, Severity
from gradmend.treatments import TREATMENTS, prescribe
from tests.findings.records import classifier_head, followed, mlp, regression_head, tensor
from tests.treatments.findings import finding


def names(m: Measurements) -> list[str]:
    return [prescription.treatment for prescription in prescribe(m, diagnose(m))]


@pytest.mark.parametrize(
    ("m", "first"),
    [
        (mlp(30, "sigmoid", fall=0.626), "swap-activation"),
        (mlp(50, "relu", gain=1.0, fall=0.164, flow_fall=0.0), "reset-initializer"),
        (mlp(outputs=(classifier_head(from_logits=True),)), "repair-loss"),
        (mlp(outputs=(regression_head(activation="relu"),)), "repair-head"),
        (mlp(inputs=(tensor(rms=140.0),)), "standardize-inputs"),
    ],
)
def test_the_cheapest_sufficient_cure_stands_first(m: Measurements, first: str) -> None:
    assert names(m)[0] == first


def test_consequences_and_notes_get_nothing() -> None:
    sick = finding("S102", Cause.LEARNING_RATE)
    folded = replace(sick, explained_by="D101")
    note = replace(sick, severity=Severity.NOTE)
    assert prescribe(mlp(), (folded, note)) == ()
    assert prescribe(mlp(), (sick,))


def test_a_failed_training_is_treated_at_its_root() -> None:
    m = followed(mlp(6, "sigmoid", fall=0.6), 2.35, 2.31, 2.30)
    assert {p.answers for p in prescribe(m, diagnose(m))} == {"V101"}


def test_each_treatment_stands_once_per_place() -> None:
    sick = finding("S102", Cause.LEARNING_RATE)
    assert len(prescribe(mlp(), (sick, sick))) == len(prescribe(mlp(), (sick,)))


def test_known_wrong_cures_are_never_prescribed() -> None:
    by_cause = {cause: {t.name for t in TREATMENTS if cause in t.causes} for cause in Cause}
    assert by_cause[Cause.BIAS] == {"reset-bias"}
    assert "lower-learning-rate" not in by_cause[Cause.RECURRENT_EXPLOSION]
    assert "clip-gradients" not in by_cause[Cause.TARGET_SCALE]


def test_codes_in_treatments_exist() -> None:
    known = {rule.code for rule in RULES}
    assert all(treatment.never <= known for treatment in TREATMENTS)
