"""Each trap has a healthy patient of its own, and the patient really looks sick."""

from __future__ import annotations

import gradmend
from gradmend.gallery import TRAPS, patient_named
from gradmend.records import Measurements, WeightSignal


def measured(name: str) -> Measurements:
    found = gradmend.check(*patient_named(name).build(0)).measurements
    assert found is not None
    return found


def kernels(m: Measurements) -> list[WeightSignal]:
    return [weight for weight in m.weights if weight.role == "kernel"]


def gradient(weight: WeightSignal) -> float:
    assert weight.gradient_norm is not None
    return weight.gradient_norm


def test_every_trap_has_a_patient_of_its_own_that_is_not_sick() -> None:
    assert len(TRAPS) == len(set(TRAPS.values())) == 25
    assert not any(patient_named(name).causes for name in TRAPS.values())


def test_a_bias_before_normalization_has_no_gradient() -> None:
    m = measured("bias-before-norm")
    (first, *_), biases = kernels(m), [w for w in m.weights if w.role == "bias"]
    assert gradient(biases[0]) < 1e-5 * gradient(first)


def test_the_last_layer_is_loud() -> None:
    first, *_, last = kernels(measured("loud-head"))
    assert gradient(last) > 2.0 * gradient(first)


def test_a_learning_rate_of_zero_moves_nothing() -> None:
    assert {weight.update_norm for weight in kernels(measured("warm-up"))} == {0.0}
