"""A note on very unequal classes, and never more."""

from __future__ import annotations

from dataclasses import replace
from math import log

import pytest

from gradmend.findings.bias_ignores_class_prior import check
from gradmend.findings.diagnose import diagnose
from gradmend.findings.judge import judge
from gradmend.records import LossFacts, Measurements, Severity, Verdict
from tests.findings.records import bias, classifier_head, followed, labels, mlp, tensor


def entropy(p: float) -> float:
    return -p * log(p) - (1 - p) * log(1 - p)


def unequal(
    p: float = 0.03, *, at: float = 0.0, first: float = 0.7, loss: str = ""
) -> Measurements:
    head = classifier_head(
        units=1, activation="sigmoid", loss=loss or "binary_crossentropy", target=labels(2)
    )
    m = mlp(2)
    return replace(
        m,
        weights=(*m.weights, bias("head", at)),
        outputs=(head,),
        loss=LossFacts(total=first, data=first, penalty=0.0, trivial=entropy(p)),
    )


def test_speaks_as_a_note() -> None:
    (found,) = check(unequal())
    assert (found.severity, found.where) == (Severity.NOTE, ("head",))
    assert found.message == (
        "the bias of 'head' starts at zero, and one class is far more common: the loss begins at "
        "0.7, and 0.13 is had by knowing the classes' shares alone (19 % of equally likely "
        "classes, limit 30 %)"
    )


@pytest.mark.parametrize(
    "m",
    [
        unequal(0.1),
        unequal(at=-3.5),
        unequal(first=0.2),
        unequal(loss="binary_focal_crossentropy"),
        unequal(loss="mean_squared_error"),
        replace(unequal(), sample_weights=(tensor("sample_weight"),)),
        replace(unequal(), weights=mlp(2).weights),
        replace(unequal(), loss=LossFacts(total=0.7, data=0.7, penalty=0.0)),
    ],
    ids=["equal enough", "prior known", "low loss", "focal", "no classes", "weighted", "no bias",
         "trivial loss unknown"],
)  # fmt: skip
def test_is_silent(m: Measurements) -> None:
    assert not list(check(m))


def test_a_model_that_was_trained_before_is_not_judged() -> None:
    m = unequal()
    assert m.optimizer is not None
    assert not list(check(replace(m, optimizer=replace(m.optimizer, iterations=10))))


def test_the_verdict_stays() -> None:
    m = unequal()
    assert judge(diagnose(m), m).verdict is Verdict.HEALTHY
    stuck = followed(m, 0.7, 0.3, 0.1295, trivial=entropy(0.03))
    assert all(f.code != "L107" or f.severity is Severity.NOTE for f in diagnose(stuck))
