from __future__ import annotations

from dataclasses import replace

from gradmend.findings.diagnose import diagnose
from gradmend.findings.step_too_small import check
from gradmend.records import LossFacts, Measurements, OptimizerFacts, Severity
from tests.findings.records import followed, mlp, rehearsed, with_weights

CRAWLING = with_weights(mlp(5), lambda w: replace(w, update_ratio=3e-9))


def test_speaks_with_ratio_and_limit() -> None:
    (finding,) = check(CRAWLING)
    assert finding.message == (
        "one step moves the median kernel by 3.0e-09 of its weights "
        "(limit 1.0e-06 of the weights); the learning rate is 0.001"
    )
    assert finding.severity is Severity.WARNING


def test_is_an_error_when_training_gets_nowhere() -> None:
    (finding,) = check(followed(CRAWLING, 2.4, 2.4))
    assert finding.severity is Severity.ERROR


def test_a_rate_of_zero_is_certain_unless_scheduled() -> None:
    zero = OptimizerFacts(name="Adam", learning_rate=0.0)
    (fixed,) = check(replace(CRAWLING, optimizer=zero))
    (warming,) = check(replace(CRAWLING, optimizer=replace(zero, scheduled=True)))
    assert (fixed.severity, fixed.certain) == (Severity.ERROR, True)
    assert (warming.severity, warming.certain) == (Severity.NOTE, False)


def test_one_slow_branch_is_silent() -> None:
    m = with_weights(mlp(5), lambda w: replace(w, update_ratio=0.0) if w.layer == "dense_1" else w)
    assert not list(check(m))


def test_is_silent_once_learned_and_on_usual_steps() -> None:
    done = LossFacts(total=0.2, data=0.2, penalty=0.0, trivial=2.3)
    assert not list(check(replace(CRAWLING, loss=done)))
    assert not list(check(mlp(5)))


def test_kernels_without_a_gradient_say_nothing_about_the_step() -> None:
    """A head that starts at zero: all kernels behind it stand still for one step."""
    blocked = with_weights(
        mlp(5),
        lambda w: w if w.layer == "head" else replace(w, update_ratio=0.0, gradient_norm=0.0),
    )
    assert not list(check(blocked))


def test_is_silent_when_a_rehearsal_gets_somewhere() -> None:
    assert not list(check(rehearsed(CRAWLING, 2.4, 2.0, 1.2)))


def test_a_tiny_rate_that_does_not_move_the_loss_is_an_error() -> None:
    tiny = OptimizerFacts(name="Adam", learning_rate=1e-9, epsilon=1e-7)
    still = rehearsed(replace(CRAWLING, optimizer=tiny), 2.4, 2.4, 2.4)
    (fixed,) = check(still)
    (warming,) = check(replace(still, optimizer=replace(tiny, scheduled=True)))
    (usual,) = check(rehearsed(CRAWLING, 2.4, 2.4, 2.4))
    assert fixed.severity is Severity.ERROR
    assert (warming.severity, usual.severity) == (Severity.NOTE, Severity.WARNING)


def warming(highest: float, rate: float = 1e-9) -> Measurements:
    m = with_weights(mlp(), lambda w: replace(w, update_ratio=1e-9))
    optimizer = OptimizerFacts(name="Adam", learning_rate=rate, scheduled=True)
    return followed(replace(m, optimizer=optimizer), 2.4, 2.4, learning_rates=(rate, highest))


def test_a_warm_up_is_judged_by_the_rate_it_reaches() -> None:
    (finding,) = check(warming(1e-7))
    assert finding.severity is Severity.ERROR
    assert not list(check(warming(1e-3)))
    assert not list(check(warming(1e-3, rate=0.0)))


SMALL = OptimizerFacts(name="Adam", learning_rate=1e-6, epsilon=1e-7)
SLOW = with_weights(replace(mlp(5), optimizer=SMALL), lambda w: replace(w, update_ratio=3e-6))


def crawled(*losses: float, steps: int = 1800) -> Measurements:
    """A whole training at a rate of a thousandth of the default."""
    windows = tuple(steps * (i + 1) // len(losses) for i in range(len(losses)))
    return followed(SLOW, *losses, steps=windows, total_steps=steps)


def test_a_whole_training_at_a_tiny_rate_that_moved_nothing() -> None:
    (finding,) = check(crawled(1.71, 1.705, 1.70))
    assert finding.message == (
        "1800 steps moved the median kernel by at most 0.0054 of its weights "
        "(limit 0.02 of the weights); the learning rate is 1.0e-06"
    )
    assert diagnose(crawled(1.71, 1.705, 1.70))[0].severity == "error"


def test_a_training_that_moves_or_takes_usual_steps_is_silent() -> None:
    assert not list(check(crawled(1.71, 1.60, 1.50)))
    assert not list(check(crawled(1.71, 1.705, 1.70, steps=18000)))
    usual = replace(SMALL, learning_rate=1e-3)
    assert not list(check(replace(crawled(1.71, 1.705, 1.70), optimizer=usual)))
