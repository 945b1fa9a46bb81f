from __future__ import annotations

from dataclasses import replace

from gradmend.records import Cause
from gradmend.treatments.reset_bias import prescribe
from tests.findings.records import bias, mlp
from tests.treatments.findings import finding


def test_starts_biases_at_zero() -> None:
    m = mlp(2)
    m = replace(m, weights=(*m.weights, bias("dense_0", -3.0), bias("dense_1", 0.1)))
    (cure,) = prescribe(m, finding("A101", Cause.BIAS))
    assert cure.where == ("dense_0",)
    assert cure.before == ('Dense(64, activation="relu", bias_initializer=Constant(-3))',)
    assert cure.after == ('Dense(64, activation="relu", bias_initializer="zeros")',)


def test_has_nothing_to_say_without_negative_biases() -> None:
    assert not list(prescribe(mlp(2), finding("A101", Cause.BIAS)))


def test_an_output_that_is_held_at_its_end_starts_at_zero_too() -> None:
    m = mlp(2)
    far = replace(bias("head", 55.0), rms=55.0)
    m = replace(m, weights=(*m.weights, bias("dense_0", -0.1), far))
    (cure,) = prescribe(m, finding("Z101", Cause.BIAS, "head"))
    assert cure.where == ("head",)
    assert "bias_initializer=Constant(55)" in cure.before[0]
