from __future__ import annotations

from dataclasses import replace

from gradmend.records import Cause, Evidence, LossFacts, OptimizerFacts
from gradmend.treatments.weaken_regularization import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding


def test_names_the_power_of_ten_that_is_too_much() -> None:
    m = mlp(loss=LossFacts(total=142.0, data=2.0, penalty=140.0, trivial=2.3))
    (cure,) = prescribe(m, finding("G101", Cause.REGULARIZATION))
    assert cure.after == ("L2(0.001 * factor)",)  # 0.14 beside a data loss of 2


def test_names_the_rate_that_was_measured() -> None:
    high = finding("G102", Cause.REGULARIZATION)
    high = replace(high, evidence=(Evidence(name="dropped entries", value=0.95, unit="share"),))
    (cure,) = prescribe(mlp(), high)
    assert (cure.before, cure.after) == (("Dropout(0.95)",), ("Dropout(0.2)",))


def test_names_the_decay_and_no_penalty() -> None:
    m = mlp(optimizer=OptimizerFacts(name="AdamW", learning_rate=0.01, weight_decay=30.0))
    (cure,) = prescribe(m, finding("G103", Cause.REGULARIZATION))
    assert cure.before == ("AdamW(learning_rate=0.01, weight_decay=30)",)
    assert cure.after == ("AdamW(learning_rate=0.01, weight_decay=0.004)",)
