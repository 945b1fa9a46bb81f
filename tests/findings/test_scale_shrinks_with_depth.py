from __future__ import annotations

from dataclasses import replace

from gradmend.findings.scale_shrinks_with_depth import check
from gradmend.records import Cause, Measurements, OptimizerFacts, Severity
from tests.findings.records import followed, mlp, rehearsed, with_weights


def shrinking(depth: int = 30, gradient_rms: float = 2e-7, gain: float = 1.0) -> Measurements:
    """ReLU layers with Glorot weights."""
    m = mlp(depth, "relu", gain=gain, fall=0.164, flow_fall=0.008)
    return with_weights(m, lambda w: replace(w, gradient_rms=gradient_rms))


def test_thirty_glorot_relu_layers_are_to_watch() -> None:
    (finding,) = check(shrinking())
    assert finding.message == (
        "outputs and gradients shrink together, gradients by 4.4 decades from 'dense_29' back to "
        "'dense_0' (limit 2.5 decades); 0 % of the kernels starve (limit 50 %)"
    )
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.INITIALIZER)


def test_fifty_starve_below_the_epsilon_of_adam() -> None:
    (finding,) = check(shrinking(50, gradient_rms=5e-11))
    assert finding.severity is Severity.ERROR


def test_a_smaller_epsilon_feeds_them() -> None:
    fed = replace(
        shrinking(30, gradient_rms=5e-11),
        optimizer=OptimizerFacts(name="Adam", learning_rate=1e-3, epsilon=1e-14),
    )
    (finding,) = check(fed)
    assert finding.severity is Severity.WARNING


def test_starving_is_seen_in_the_update_for_any_optimizer() -> None:
    sgd = OptimizerFacts(name="SGD", learning_rate=0.01)
    m = with_weights(shrinking(), lambda w: replace(w, update_ratio=1e-8))
    (finding,) = check(replace(m, optimizer=sgd))
    assert finding.severity is Severity.ERROR


def test_is_an_error_when_the_loss_does_not_move() -> None:
    (still,) = check(rehearsed(shrinking(50), 2.303, 2.303, 2.303))
    (failed,) = check(followed(shrinking(), 2.31, 2.30))
    assert (still.severity, failed.severity) == (Severity.ERROR, Severity.ERROR)


def test_cause_is_depth_when_the_weights_fit() -> None:
    (finding,) = check(shrinking(gain=1.41))
    assert finding.cause is Cause.DEPTH


def test_is_silent_on_flat_profiles_and_on_true_vanishing() -> None:
    assert not list(check(mlp(30, "relu", fall=0.017)))
    assert not list(check(mlp(30, "sigmoid", fall=0.626)))


def test_the_rehearsal_speaks_last() -> None:
    """Twenty GELU layers starve at the start, and no more after 20 steps."""
    starving = shrinking(35, gradient_rms=5e-11)
    fed = with_weights(mlp(35), lambda w: replace(w, gradient_rms=1e-4))
    woken = rehearsed(starving, 2.303, 2.3, 2.29, weights=fed.weights, calls=mlp(35).calls)
    deaf = rehearsed(starving, 2.303, 2.3, 2.29, weights=fed.weights, calls=starving.calls)
    learning = rehearsed(starving, 2.303, 2.3, 2.1, weights=starving.weights)
    severities = [next(check(m)).severity for m in (woken, deaf, learning)]
    assert severities == [Severity.WARNING, Severity.ERROR, Severity.WARNING]


def test_all_layers_of_the_stretch_are_named() -> None:
    (finding,) = check(shrinking())
    assert finding.where == tuple(f"dense_{i}" for i in range(30))


def test_beyond_six_decades_only_a_rehearsal_that_learns_gives_hope() -> None:
    deep = rehearsed(shrinking(50), 2.303, 2.3, 2.29, calls=mlp(50).calls)
    (stuck,) = check(deep)
    (learning,) = check(rehearsed(shrinking(50), 2.303, 2.3, 2.1, calls=mlp(50).calls))
    assert (stuck.severity, learning.severity) == (Severity.ERROR, Severity.WARNING)
