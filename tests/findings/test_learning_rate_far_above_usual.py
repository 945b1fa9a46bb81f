from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings import diagnose
from gradmend.findings.learning_rate_far_above_usual import check
from gradmend.records import Cause, OptimizerFacts, Severity
from tests.findings.records import followed, mlp, rehearsed, tensor, with_weights

ADAM = OptimizerFacts(name="Adam", learning_rate=0.1)


def test_speaks_with_rate_and_limit() -> None:
    (finding,) = check(mlp(optimizer=ADAM))
    assert finding.message == "learning rate of Adam is 0.1 (limit 0.02 per step)"
    assert finding.severity is Severity.WARNING


def test_the_limit_itself_is_too_much_in_float32_too() -> None:
    assert list(check(mlp(optimizer=OptimizerFacts(name="Adam", learning_rate=0.0199999996))))


def test_the_rehearsal_or_the_course_decides() -> None:
    (fine,) = check(rehearsed(mlp(optimizer=ADAM), 2.4, 2.0, 0.9))
    (jumps,) = check(rehearsed(mlp(optimizer=ADAM), 2.4, 90.0, 2.5))
    (stuck,) = check(followed(mlp(optimizer=ADAM), 2.4, 2.31))
    assert fine.severity is Severity.NOTE
    assert (jumps.severity, stuck.severity) == (Severity.ERROR, Severity.ERROR)


@pytest.mark.parametrize(
    ("name", "rate"), [("Adam", 0.01), ("SGD", 0.1), ("Adadelta", 1.0), ("Mine", 5.0)]
)
def test_is_silent_on_usual_rates(name: str, rate: float) -> None:
    assert not list(check(mlp(optimizer=OptimizerFacts(name=name, learning_rate=rate))))


def test_is_silent_where_nothing_is_known() -> None:
    assert not list(check(mlp(optimizer=None)))
    assert not list(check(mlp(optimizer=OptimizerFacts(name="Adam", learning_rate=None))))


def test_a_loss_thrown_up_is_an_error_even_if_the_batch_is_memorised() -> None:
    m = rehearsed(mlp(3, optimizer=ADAM), 2.35, 8.0, 2.0, 0.6)
    (finding,) = check(m)
    assert finding.severity is Severity.ERROR
    assert diagnose(m)[0].severity is Severity.ERROR


def test_steps_that_move_all_layers_by_their_size_are_no_note() -> None:
    deep = with_weights(mlp(10, optimizer=ADAM), lambda w: replace(w, update_ratio=0.16))
    (finding,) = check(rehearsed(deep, 2.4, 2.0, 0.1))
    assert finding.severity is Severity.WARNING


def with_momentum(rate: float, momentum: float) -> OptimizerFacts:
    return OptimizerFacts(name="SGD", learning_rate=rate, momentum=momentum)


def test_momentum_adds_steps_up() -> None:
    failed = followed(replace(mlp(), optimizer=with_momentum(0.3, 0.9)), 2.35, 2.33)
    (finding,) = check(failed)
    assert (finding.severity, finding.message) == (
        Severity.ERROR,
        "learning rate of SGD is 0.3 (limit 0.2 per step)",
    )


def test_the_rate_of_residual_networks_is_usual() -> None:
    assert not list(check(replace(mlp(), optimizer=with_momentum(0.1, 0.9))))
    assert not list(check(replace(mlp(), optimizer=with_momentum(0.3, 0.0))))


def test_a_rate_that_callbacks_raised_until_it_broke_is_the_root() -> None:
    m = mlp(optimizer=OptimizerFacts(name="SGD", learning_rate=1e-8), inputs=(tensor(rms=47.0),))
    rates = (1e-8, 1e-4, 4.0)
    nan = float("nan")
    broken = followed(m, 900.0, 890.0, nan, first_nonfinite_step=150, learning_rates=rates)
    root, *_ = diagnose(broken)
    assert (root.code, root.cause) == ("S101", Cause.LEARNING_RATE)
    assert root.message == (
        "the learning rate of SGD was raised from 1.0e-08 to 4 in training (limit 1 per step)"
    )
    assert not list(check(followed(m, 2.4, 1.0, 0.2, learning_rates=rates)))
