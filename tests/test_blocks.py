from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import gradmend
from gradmend.blocks import convolution_block, identity_block

IMAGES = np.abs(np.random.default_rng(0).normal(size=(2, 8, 8, 8))).astype("float32")


def stacked(count: int, **options: Any) -> keras.Model:
    x = y = keras.Input((8, 8, 8))
    for letter in "bcdefgh"[:count]:
        y = identity_block(y, 3, (2, 2, 8), stage=2, block=letter, **options)
    return keras.Model(x, y)


def test_layers_have_the_names_of_resnet() -> None:
    names = [layer.name for layer in stacked(1).layers]
    assert {"res2b_branch2a", "bn2b_branch2b", "res2b_branch2c"} <= set(names)


def test_a_fresh_stack_is_the_identity_on_what_a_relu_gave() -> None:
    out = keras.ops.convert_to_numpy(stacked(3)(IMAGES, training=True))
    np.testing.assert_allclose(out, IMAGES, rtol=1e-6)
    other = keras.ops.convert_to_numpy(stacked(3, start_at_identity=False)(IMAGES, training=True))
    assert np.abs(other - IMAGES).max() > 0.1


def test_a_convolution_block_changes_the_shape() -> None:
    x = keras.Input((8, 8, 8))
    y = convolution_block(x, 3, (2, 2, 12), stage=3, block="a", strides=2)
    assert tuple(y.shape) == (None, 4, 4, 12)
    assert keras.Model(x, y).get_layer("res3a_branch1").strides == (2, 2)


def test_other_channels_need_a_projection() -> None:
    with pytest.raises(gradmend.ModelError, match="cannot change the number of channels") as told:
        identity_block(keras.Input((8, 8, 3)), 3, (2, 2, 8), stage=2, block="a")
    assert "convolution_block" in str(told.value)
