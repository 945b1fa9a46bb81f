from __future__ import annotations

from dataclasses import replace

from gradmend.findings.softmax_between_layers import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import call, followed, mlp, network


def hidden_softmax() -> Measurements:
    m = mlp(3)
    return replace(m, calls=(m.calls[0], replace(m.calls[1], activation="softmax"), *m.calls[2:]))


def test_names_the_layer() -> None:
    (finding,) = check(hidden_softmax())
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.ACTIVATION)
    assert finding.where == ("dense_1",)


def test_an_error_when_nothing_is_learned() -> None:
    (finding,) = check(followed(hidden_softmax(), 2.4, 2.31, 2.3))
    assert finding.severity is Severity.ERROR


def test_a_gate_is_not_judged() -> None:
    gated = network(
        [
            call(0, "values"),
            call(1, "gate", activation="softmax", inputs=(0,)),
            call(2, "multiply", "merge", inputs=(0, 1)),
            call(3, "head", activation="softmax", inputs=(2,)),
        ]
    )
    assert not list(check(gated))


def test_the_softmax_of_the_head_is_not_judged() -> None:
    assert not list(check(mlp(3)))
