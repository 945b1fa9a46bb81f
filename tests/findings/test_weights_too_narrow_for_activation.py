from __future__ import annotations

from dataclasses import replace

from gradmend.findings.weights_too_narrow_for_activation import check
from gradmend.records import Cause, Severity
from tests.findings.healthy import transformer
from tests.findings.records import mlp, with_weights


def test_speaks_with_gain_and_limit() -> None:
    (finding,) = check(mlp(5, "relu", gain=0.1))
    assert finding.message == (
        "5 of 5 hidden kernels are 10 times too narrow for relu (limit 3 times): "
        "'dense_0', 'dense_1', 'dense_2' and 2 more have gain 0.1"
    )
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.INITIALIZER)


def test_one_odd_layer_is_a_note() -> None:
    m = with_weights(mlp(5, "relu"), lambda w: replace(w, gain=0.1) if w.layer == "dense_1" else w)
    (finding,) = check(m)
    assert finding.severity is Severity.NOTE


def test_is_silent_on_glorot_before_relu() -> None:
    assert not list(check(mlp(30, "relu", gain=1.0)))


def test_is_silent_where_normalization_or_residuals_forgive_it() -> None:
    assert not list(check(transformer()))


def test_is_silent_on_a_first_layer_that_widens() -> None:
    m = mlp(1, "relu", gain=0.2)
    first = replace(m.weights[0], shape=(1, 50), fan_in=1)
    assert not list(check(replace(m, weights=(first, *m.weights[1:]))))
