from __future__ import annotations

from gradmend.findings.learning_rate_fades import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import followed, mlp


def scheduled(*rates: float, last: float = 2.3) -> Measurements:
    return followed(mlp(2), *(2.4, 2.35, 2.31), last, learning_rates=rates)


def test_a_rate_that_is_gone_after_a_quarter_of_the_training() -> None:
    (finding,) = check(scheduled(0.1, 1e-4, 1e-7, 1e-10))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.LEARNING_RATE)
    assert finding.evidence[0].value == 0.75
    assert "from 0.1 down to 1.0e-10" in finding.message


def test_a_cosine_and_a_training_that_learned_are_left_alone() -> None:
    assert not list(check(scheduled(0.1, 0.085, 0.05, 0.0)))
    assert not list(check(scheduled(0.1, 1e-4, 1e-7, 1e-10, last=0.2)))


def test_without_a_schedule_or_a_training_nothing_is_said() -> None:
    assert not list(check(scheduled()))
    assert not list(check(mlp(2)))


def set_by_callbacks(*losses: float) -> Measurements:
    rates = tuple(0.1 if i < 12 else 1e-4 for i in range(len(losses)))
    steps = tuple(range(5, 5 * len(losses) + 5, 5))
    m = followed(mlp(2), *losses, steps=steps, total_steps=steps[-1], learning_rates=rates)
    assert m.optimizer is not None
    assert not m.optimizer.scheduled
    return m


def test_a_callback_that_takes_the_rate_from_a_loss_that_falls() -> None:
    falls = [2.4 - 0.01 * i for i in range(12)] + [2.28] * 20
    (finding,) = check(set_by_callbacks(*falls))
    assert "the learning rate goes from 0.1 down to 1.0e-04" in finding.message


def test_a_callback_that_takes_it_from_a_network_that_is_stuck_is_not_the_cause() -> None:
    stuck = [2.4, 2.35, 2.31] + [2.302] * 29
    assert not list(check(set_by_callbacks(*stuck)))


def test_a_rate_that_rises_does_not_fade() -> None:
    assert not list(check(scheduled(1e-4, 1e-3, 1e-2, 10.0)))
    assert not list(check(scheduled(1e-7, 1e-4, 0.1, 0.05)))


def decayed_each_step(*losses: float) -> Measurements:
    rates = tuple(0.1 * 0.5**place for place in range(len(losses)))
    steps = tuple(range(10, 10 * len(losses) + 10, 10))
    return followed(mlp(2), *losses, steps=steps, total_steps=steps[-1], learning_rates=rates)


def test_a_rate_that_came_to_nothing_while_the_loss_fell_is_a_warning_though_it_learned() -> None:
    still_falls = [2.4, 2.0, 1.7, 1.4, 1.2, 1.05, 1.0] + [1.0] * 18
    (finding,) = check(decayed_each_step(*still_falls))
    assert (finding.severity, finding.certain) == (Severity.WARNING, True)
    at_rest = [1.02, 1.0, 1.01, 1.0, 1.0, 0.99, 1.0] + [1.0] * 18
    assert not list(check(decayed_each_step(*at_rest)))


def taken_at_each_improvement(*, floor: float) -> Measurements:
    """`ReduceLROnPlateau(mode="max")` on a loss: each new best counts as a plateau."""
    falls = [1.0, 1.1, 0.9, 0.95, 0.8, 0.85, 0.75, 0.6, 0.75, 0.7]
    losses = falls + [floor] * 80
    rates = [0.006 * 0.1 ** min(place // 4, 6) for place in range(len(losses))]
    steps = tuple(range(9, 9 * len(losses) + 9, 9))
    return followed(
        mlp(2),
        *losses,
        steps=steps,
        total_steps=steps[-1],
        learning_rates=tuple(rates),
        trivial=1.0,
    )


def test_a_rate_taken_from_a_training_that_got_half_way_wastes_nearly_all_steps() -> None:
    (finding,) = check(taken_at_each_improvement(floor=0.66))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.LEARNING_RATE)
    (finding,) = check(taken_at_each_improvement(floor=0.3))
    assert finding.severity is Severity.WARNING
