from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np

from gradmend.records import Cause
from gradmend.treatments.scale_on_batch import prescribe
from gradmend.treatments.surgery import operate
from tests.behaviour.treated import TREATED
from tests.findings.records import mlp, with_calls
from tests.treatments.findings import finding

FADING = finding("V102", Cause.INITIALIZER)


def test_lets_a_batch_scale_every_hidden_layer() -> None:
    (cure,) = prescribe(mlp(8), FADING)
    assert cure.after[0] == 'Dense(64, activation="relu", kernel_initializer="orthogonal")'
    assert len(cure.where) == 8


def test_is_not_for_shallow_networks_nor_beside_a_normalization() -> None:
    normed = with_calls(mlp(8), lambda c: replace(c, role="norm") if c.index == 3 else c)
    assert not list(prescribe(mlp(4), FADING))
    assert not list(prescribe(normed, FADING))
    assert not list(prescribe(mlp(8), finding("I101", Cause.INITIALIZER)))


def test_every_layer_makes_signals_of_size_one_of_the_batch() -> None:
    treated = TREATED["scale-on-batch"]
    model = treated.build()
    new = operate(model, treated.prescription(), treated.material(model))
    x = treated.x
    for name in treated.where:
        layer = new.get_layer(name)
        activation, layer.activation = layer.activation, keras.activations.linear
        assert abs(float(np.std(keras.ops.convert_to_numpy(layer(x)))) - 1.0) < 0.15
        layer.activation = activation
        x = layer(x)
