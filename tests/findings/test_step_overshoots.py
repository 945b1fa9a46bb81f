from __future__ import annotations

from dataclasses import replace
from math import nan

from gradmend.findings.step_overshoots import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.healthy import fresh_resnet
from tests.findings.records import UNITS, forward, mlp, rehearsed, with_weights


def leaping(ratio: float = 0.3) -> Measurements:
    """A network whose first kernel moves by this much of itself."""
    return with_weights(
        mlp(5), lambda w: replace(w, update_ratio=ratio) if w.layer == "dense_0" else w
    )


def test_a_long_step_asks_for_a_rehearsal() -> None:
    (finding,) = check(leaping())
    assert (
        finding.message
        == "one step moves 'dense_0' by 0.3 of its weights (limit 0.2 of the weights)"
    )
    assert finding.severity is Severity.WARNING


def test_a_loss_that_rises_confirms_it() -> None:
    (finding,) = check(rehearsed(leaping(), 2.4, 30.0, nan))
    assert finding.severity is Severity.ERROR
    assert finding.message.endswith("; the loss goes from 2.4 to nan in 2 steps")


def test_back_at_the_trivial_loss_after_a_jump_counts() -> None:
    (finding,) = check(rehearsed(leaping(), 4.0, 50.0, 2.31))
    assert finding.severity is Severity.ERROR


def test_a_layer_that_dies_meanwhile_counts() -> None:
    m = mlp(5)
    dead = tuple(replace(c, forward=forward(dead_units=UNITS)) for c in m.calls)
    (finding,) = check(rehearsed(m, 2.4, 2.3, calls=dead))
    assert finding.message.endswith("all units of 'dense_0' die")


def test_is_silent_when_the_loss_falls_all_the_same() -> None:
    assert not list(check(rehearsed(leaping(5.0), 2.4, 1.6, 0.9)))
    assert not list(check(fresh_resnet()))


def test_is_silent_on_a_spike_that_comes_back() -> None:
    assert not list(check(rehearsed(leaping(5.0), 2.4, 3.9, 0.9)))


def test_is_silent_on_usual_steps_and_zero_kernels() -> None:
    assert not list(check(mlp(5)))
    assert not list(check(with_weights(mlp(5), lambda w: replace(w, update_ratio=None))))


def test_a_loss_that_ends_clipped_above_its_start_counts() -> None:
    (finding,) = check(rehearsed(leaping(), 10.2, 14.5, 14.5, 14.5))
    assert finding.severity is Severity.ERROR


def test_weights_in_float16_blame_the_precision() -> None:
    m = rehearsed(leaping(3.0), 2.4, 9.0, 100.0)
    (plain,) = check(m)
    (half,) = check(replace(m, model=replace(m.model, precision="float16")))
    assert (plain.cause, half.cause) == (Cause.LEARNING_RATE, Cause.PRECISION)
