from __future__ import annotations

from dataclasses import replace

from gradmend.findings.head_weights_too_wide import check
from gradmend.records import Cause, LossFacts, Measurements, Severity
from tests.findings.records import followed, kernel, mlp


def with_head(gain: float, loss: float) -> Measurements:
    m = mlp(3, loss=LossFacts(total=loss, data=loss, penalty=0.0, trivial=2.3))
    return replace(m, weights=(*m.weights[:-1], kernel("head", gain)))


def test_speaks_with_factor_and_loss() -> None:
    (finding,) = check(with_head(80.0, 230.0))
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.INITIALIZER)
    assert finding.message == (
        "head 'head' is 80 times wider than the default (limit 5 times): the loss begins at 100 "
        "times that of a constant prediction"
    )


def test_is_silent_on_a_usual_head_and_on_a_trained_one() -> None:
    assert not list(check(with_head(1.0, 2.4)))
    assert not list(check(with_head(80.0, 0.01)))


def test_an_error_when_nothing_is_learned() -> None:
    (finding,) = check(followed(with_head(80.0, 230.0), 230.0, 60.0, 9.0))
    assert finding.severity is Severity.ERROR
