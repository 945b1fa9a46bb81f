from __future__ import annotations

from dataclasses import replace
from math import nan

from gradmend.findings.non_finite_gradient import check
from gradmend.records import Cause, LossFacts, Measurements, OptimizerFacts, Severity
from tests.findings.records import backward, followed, mlp, with_calls, with_weights


def broken() -> Measurements:
    """A gradient that breaks at the third layer, seen from the loss."""
    m = with_weights(
        mlp(5),
        lambda w: replace(w, gradient_nonfinite=4 if w.layer in ("dense_0", "dense_1") else 0),
    )
    return with_calls(m, lambda c: replace(c, backward=backward(nonfinite=9 if c.index < 3 else 0)))


def test_names_the_first_layer_in_backward_order() -> None:
    (finding,) = check(broken())
    assert finding.message == (
        "gradient turns NaN or infinite at 'dense_2', first on its way back from a finite loss; "
        "2 weights get 8 such entries (limit 0)"
    )
    assert (finding.where, finding.cause, finding.certain) == (("dense_2",), Cause.NUMERICS, True)


def test_loss_scaling_in_float16_overflows_now_and_then() -> None:
    m = broken()
    scaled = replace(
        m,
        model=replace(m.model, precision="mixed_float16"),
        optimizer=OptimizerFacts(name="Adam", learning_rate=1e-3, loss_scale=32768.0),
    )
    (finding,) = check(scaled)
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.PRECISION)


def test_is_silent_when_the_loss_is_the_cause() -> None:
    assert not list(check(replace(broken(), loss=LossFacts(total=nan, data=nan, penalty=0.0))))


def test_is_silent_on_finite_gradients() -> None:
    assert not list(check(mlp()))


def stopped_on_its_way() -> Measurements:
    """NaN at one output, and no weight that receives it."""
    return with_weights(broken(), lambda w: replace(w, gradient_nonfinite=0))


def test_what_reaches_no_weight_is_a_warning_and_silent_once_it_learns() -> None:
    (finding,) = check(stopped_on_its_way())
    assert (finding.severity, finding.certain) == (Severity.WARNING, False)
    assert not list(check(followed(stopped_on_its_way(), 2.3, 0.1)))
    assert list(check(followed(broken(), 2.3, 0.1)))
