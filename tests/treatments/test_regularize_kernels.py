from __future__ import annotations

from dataclasses import replace

import keras
import pytest

from gradmend.records import Cause
from gradmend.treatments.regularize_kernels import prescribe
from gradmend.treatments.surgery import change_of, in_doses, operate
from tests.behaviour.treated import TREATED
from tests.findings.records import mlp
from tests.treatments.findings import finding


def test_holds_back_the_kernels_of_saturated_layers() -> None:
    (cure,) = prescribe(mlp(5, "tanh"), finding("A102", Cause.LEARNING_RATE))
    assert cure.after == ('Dense(64, activation="tanh", kernel_regularizer=L2(0.01))',)


def test_is_no_cure_for_anything_else_nor_twice() -> None:
    assert not list(prescribe(mlp(5, "tanh"), finding("V101", Cause.INITIALIZER)))
    penalized = mlp(5, "tanh")
    penalized = replace(penalized, loss=replace(penalized.loss, penalty=0.1))
    assert not list(prescribe(penalized, finding("A102", Cause.LEARNING_RATE)))


def test_the_penalty_of_each_strength_reaches_the_loss() -> None:
    treated = TREATED["regularize-kernels-recurrent"]
    model = treated.build()
    material = treated.material(model)
    mild, *_, strong = in_doses(model, treated.prescription(), material)
    kernels = [w for w in model.trainable_weights if "memory" in w.path and "bias" not in w.path]
    squares = sum(float(keras.ops.sum(keras.ops.square(w))) for w in kernels)
    for prescription in (mild, strong):
        losses = operate(model, prescription, material).losses
        assert float(sum(losses)) == pytest.approx(prescription.dose * squares, rel=1e-4)


def test_the_line_tells_the_strength_that_was_tried() -> None:
    treated = TREATED["regularize-kernels"]
    (cure,) = prescribe(mlp(5, "tanh"), finding("A102", Cause.LEARNING_RATE))
    change = change_of(replace(cure, dose=0.1), treated.material(treated.build()))
    assert change.after == ('Dense(64, activation="tanh", kernel_regularizer=L2(0.1))',)
