from __future__ import annotations

from dataclasses import replace

from gradmend.findings.weights_too_wide_for_activation import check
from gradmend.records import Cause, Severity
from tests.findings.records import call, mlp, with_weights


def test_speaks_with_gain_and_limit() -> None:
    (finding,) = check(mlp(5, "tanh", gain=8.0))
    assert finding.message == (
        "5 of 5 hidden kernels are 8 times too wide for tanh (limit 3 times): "
        "'dense_0', 'dense_1', 'dense_2' and 2 more have gain 8"
    )
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.INITIALIZER)


def test_one_odd_layer_is_a_note() -> None:
    m = with_weights(mlp(5, "tanh"), lambda w: replace(w, gain=8.0) if w.layer == "dense_1" else w)
    (finding,) = check(m)
    assert finding.severity is Severity.NOTE


def test_is_silent_on_glorot_before_relu() -> None:
    assert not list(check(mlp(30, "relu", gain=1.0)))


def test_is_silent_on_a_sigmoid_that_bears_it() -> None:
    assert not list(check(mlp(5, "sigmoid", gain=8.0)))


def test_is_silent_before_a_normalization() -> None:
    m = mlp(2, "tanh", gain=8.0)
    norm = call(1, "norm", "norm")
    calls = (
        m.calls[0],
        norm,
        replace(m.calls[1], index=2, inputs=(1,)),
        replace(m.calls[2], index=3),
    )
    found = list(check(replace(m, calls=calls)))
    assert [finding.where for finding in found] == [("dense_1",)]
