from __future__ import annotations

from dataclasses import replace

from gradmend.records import Cause, OptimizerFacts
from gradmend.treatments.raise_learning_rate import TREATMENT, prescribe
from tests.findings.records import mlp, with_weights
from tests.treatments.findings import finding

SLOW = finding("S103", Cause.LEARNING_RATE)


def test_goes_to_the_default_or_tenfold() -> None:
    tiny = OptimizerFacts(name="Adam", learning_rate=1e-8)
    (cure,) = prescribe(mlp(2, optimizer=tiny), SLOW)
    assert (cure.before, cure.after) == (
        ("Adam(learning_rate=1e-08)",),
        ("Adam(learning_rate=0.001)",),
    )
    (zero,) = prescribe(mlp(2, optimizer=replace(tiny, name="SGD", learning_rate=0.0)), SLOW)
    assert zero.after == ("SGD(learning_rate=0.01)",)


def test_is_never_for_steps_too_long() -> None:
    assert not TREATMENT.answers(finding("S102", Cause.LEARNING_RATE))


def test_a_training_that_stays_at_trivial_gets_it_only_when_steps_are_short() -> None:
    stuck = finding("T102", Cause.LEARNING_RATE)
    assert not list(prescribe(mlp(2), stuck))
    assert list(prescribe(with_weights(mlp(2), lambda w: replace(w, update_ratio=1e-7)), stuck))
