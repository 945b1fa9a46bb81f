from __future__ import annotations

from dataclasses import replace

from gradmend.findings.training_stays_at_trivial import check
from gradmend.records import Cause, LossFacts, Measurements, Severity
from tests.findings.records import (
    followed,
    forward,
    mlp,
    regression_head,
    tensor,
    with_calls,
    with_weights,
)


def test_speaks_with_ratio_and_limit() -> None:
    (finding,) = check(followed(mlp(), 2.4, 2.31, 2.3))
    assert finding.message == (
        "after 200 steps the loss ended at 2.3, no better than a constant prediction (2.3)"
    )
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.DATA)


def test_cause_is_the_learning_rate_when_updates_are_out_of_band() -> None:
    fast = with_weights(mlp(), lambda w: replace(w, update_ratio=2.0))
    (finding,) = check(followed(fast, 2.4, 2.3))
    assert finding.cause is Cause.LEARNING_RATE


def test_a_short_or_a_falling_training_is_a_warning() -> None:
    (short,) = check(followed(mlp(), 2.4, 2.3, total_steps=30))
    (falling,) = check(followed(mlp(), 900.0, 600.0, 300.0, 100.0))
    assert (short.severity, falling.severity) == (Severity.WARNING, Severity.WARNING)


def test_a_handful_of_steps_is_called_so() -> None:
    (finding,) = check(followed(mlp(), 2.4, 2.3, total_steps=8))
    assert finding.severity is Severity.WARNING
    assert finding.message.startswith("after only 8 steps the loss ended at 2.3")


def test_a_loss_that_stayed_far_above_a_constant_took_too_short_steps() -> None:
    (finding,) = check(followed(mlp(), 3.18, 3.17, 3.16, 3.16))
    assert finding.cause is Cause.LEARNING_RATE


def test_is_silent_on_a_training_too_short_to_tell() -> None:
    assert not list(check(followed(mlp(), 2.4, 2.3, total_steps=4)))


def test_either_end_loss_may_excuse_the_other() -> None:
    young_averages = followed(mlp(), 2.4, 0.5, final_data_loss=9.0)
    heavy_dropout = followed(mlp(), 2.4, 2.3, final_data_loss=0.5)
    assert not list(check(young_averages))
    assert not list(check(heavy_dropout))


def test_is_silent_without_a_course_or_a_trivial_loss() -> None:
    assert not list(check(mlp()))
    unknown = {"final_data_loss": None, "final_trivial": None}
    assert not list(
        check(replace(followed(mlp()), course=replace(followed(mlp()).course, **unknown)))
    )


def test_says_when_it_is_a_little_better() -> None:
    (finding,) = check(followed(mlp(), 2.4, 2.31, 2.23))
    assert "ended at 2.23, hardly better than a constant prediction (2.3)" in finding.message


def test_a_slow_but_steady_fall_is_a_warning() -> None:
    (slow,) = check(followed(mlp(), 2.60, 2.52, 2.45, 2.40, 2.35, 2.30))
    assert slow.severity is Severity.WARNING


def test_a_fall_that_would_take_many_more_trainings_has_failed() -> None:
    (slow,) = check(followed(mlp(), 900.0, 860.0, 820.0, 790.0, 760.0, 730.0))
    assert slow.severity is Severity.ERROR


def test_a_fall_of_the_penalty_alone_is_no_hope() -> None:
    loss = LossFacts(total=42.4, data=2.4, penalty=40.0, trivial=2.3)
    (finding,) = check(followed(mlp(loss=loss), 42.0, 30.0, 20.0, 12.0, 6.0, 2.31))
    assert finding.severity is Severity.ERROR


def test_is_silent_where_there_is_nothing_to_beat() -> None:
    zeros = regression_head(target=tensor("y", mean=0.0, std=0.0, rms=0.0, distinct=1))
    physics = followed(mlp(outputs=(zeros,)), 3.0, 0.1, 0.01, trivial=1e-9)
    assert not list(check(physics))


def test_a_loss_below_zero_is_judged_by_its_distance_from_the_constant() -> None:
    learned = followed(mlp(), 0.72, -0.3, -0.8, trivial=-0.45, final_data_loss=-0.8)
    stuck = followed(mlp(), 0.72, -0.44, -0.45, trivial=-0.45, final_data_loss=-0.45)
    assert not list(check(learned))
    assert list(check(stuck))


def test_noise_around_the_trivial_loss_is_no_fall() -> None:
    (flat,) = check(followed(mlp(), 2.40, 2.31, 2.30, 2.31, 2.30, 2.30))
    assert flat.severity is Severity.ERROR


def test_a_fall_in_steps_that_are_far_too_short_has_failed() -> None:
    short = with_weights(mlp(), lambda w: replace(w, update_ratio=1e-7))
    (finding,) = check(followed(short, 2.60, 2.52, 2.45, 2.40, 2.35, 2.30))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.LEARNING_RATE)


def test_cause_is_the_penalty_where_it_is_above_the_data_loss() -> None:
    m = replace(mlp(), loss=LossFacts(total=7.0, data=2.4, penalty=4.6, trivial=2.3))
    (finding,) = check(followed(m, 7.0, 2.3))
    assert finding.cause is Cause.REGULARIZATION


def rated(end: float) -> Measurements:
    """A sigmoid of one's own, before ratings from 1 to 5 with a variance of 1.2."""
    target = tensor("y", mean=3.4, std=1.2**0.5, smallest=1.0, largest=5.0)
    head = regression_head(target=target, loss="mse", smallest=0.2, largest=0.9)
    m = replace(mlp(), outputs=(head,))
    return followed(m, 9.1, 7.5, end, trivial=1.2)


def test_a_loss_that_rests_at_the_edge_of_a_range_names_the_output() -> None:
    at_one = 1.2 + (3.4 - 1.0) ** 2
    (finding,) = check(rated(at_one))
    assert finding.cause is Cause.OUTPUT_ACTIVATION
    (elsewhere,) = check(rated(1.3 * at_one))
    assert elsewhere.cause is not Cause.OUTPUT_ACTIVATION
    outside = rated(at_one)
    beyond = replace(outside.outputs[0], largest=2.0)
    (wide,) = check(replace(outside, outputs=(beyond,)))
    assert wide.cause is not Cause.OUTPUT_ACTIVATION


def test_layers_that_make_the_signal_far_too_large_were_started_wrong() -> None:
    grown = with_calls(mlp(3), lambda c: replace(c, forward=forward(rms=0.2 * 8.0**c.index)))
    (finding,) = check(followed(grown, 12.4, 11.8, 11.7))
    assert finding.cause is Cause.INITIALIZER
    (finding,) = check(followed(mlp(3), 12.4, 11.8, 11.7))
    assert finding.cause is not Cause.INITIALIZER
