from __future__ import annotations

import keras
import numpy as np

from gradmend.records import Cause
from gradmend.treatments.orthogonal_initializer import prescribe
from gradmend.treatments.surgery.orthogonal_initializer import delta_orthogonal
from tests.findings.records import mlp
from tests.treatments.findings import finding

FADING = finding("V102", Cause.INITIALIZER)


def test_starts_a_deep_tanh_network_orthogonal() -> None:
    (cure,) = prescribe(mlp(30, "tanh"), FADING)
    assert cure.after == ('Dense(64, activation="tanh", kernel_initializer="orthogonal")',)
    assert len(cure.where) == 30


def test_is_not_for_relu_nor_for_shallow_networks() -> None:
    assert not list(prescribe(mlp(30, "relu"), FADING))
    assert not list(prescribe(mlp(8, "tanh"), FADING))


def test_a_delta_orthogonal_convolution_keeps_the_norm_of_every_image() -> None:
    images = np.random.default_rng(0).normal(size=(3, 7, 7, 4)).astype("float32")
    kernel = delta_orthogonal((3, 3, 4, 6), seed=1)
    after = keras.ops.convert_to_numpy(keras.ops.conv(images, kernel, padding="same"))
    norms = [np.linalg.norm(t.reshape(3, -1), axis=1) for t in (images, after)]
    np.testing.assert_allclose(*norms, rtol=1e-4)
