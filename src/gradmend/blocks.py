"""Bottleneck blocks with identity roads, for models written by hand.

Layer names are those of ResNet-50 as Keras first had it: `res{stage}{block}_branch2a`,
`bn{stage}{block}_branch2a`, and `..._branch1` for the projection.

Source: He, Zhang, Ren & Sun (2016), Deep residual learning for image recognition, CVPR; zero
started branches: Goyal et al. (2017), arXiv:1706.02677, section 5.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradmend.errors import ModelError, teach

Strides = int | tuple[int, int]


def identity_block(
    x: Any,
    kernel_size: Strides,
    filters: Sequence[int],
    *,
    stage: int,
    block: str,
    start_at_identity: bool = True,
) -> Any:
    """Return `relu(x + f(x))`, where f is 1x1, kernel_size and 1x1 convolutions.

    Args:
        x: Images (batch, height, width, filters[2]).
        kernel_size: Of the convolution in the middle.
        filters: Of the three convolutions; the last is as many as `x` has channels.
        stage: Number of the stage, for the names of the layers.
        block: Letter of the block within the stage, for the names.
        start_at_identity: The last normalization starts at zero, and with it f: a fresh stack
            of any depth passes signals and gradients through unchanged.

    Returns:
        Images of the shape of `x`.

    Raises:
        ModelError: `x` has another number of channels than the block gives back.

    Example:
        >>> import keras, gradmend
        >>> x = keras.Input((8, 8, 16))
        >>> y = gradmend.blocks.identity_block(x, 3, (4, 4, 16), stage=2, block="b")
        >>> model = keras.Model(x, y)
        >>> model.get_layer("res2b_branch2a").filters, y.shape
        (4, (None, 8, 8, 16))
    """
    if x.shape[-1] != filters[-1]:
        raise ModelError(_other_channels(x.shape[-1], filters[-1]))
    branch = _branch(x, kernel_size, filters, 1, f"{stage}{block}", zero=start_at_identity)
    return _joined(branch, x, f"{stage}{block}")


def convolution_block(
    x: Any,
    kernel_size: Strides,
    filters: Sequence[int],
    *,
    stage: int,
    block: str,
    strides: Strides = 2,
    start_at_identity: bool = True,
) -> Any:
    """Return `relu(projection(x) + f(x))`: a block that changes the shape of its input.

    Args: as for `identity_block`; `strides` is that of the first convolution and of the
    projection, a 1x1 convolution with normalization.

    Returns:
        Images (batch, height / strides, width / strides, filters[2]).

    Example:
        >>> import keras, gradmend
        >>> x = keras.Input((8, 8, 3))
        >>> gradmend.blocks.convolution_block(x, 3, (4, 4, 16), stage=2, block="a").shape
        (None, 4, 4, 16)
    """
    from keras import layers

    name = f"{stage}{block}"
    branch = _branch(x, kernel_size, filters, strides, name, zero=start_at_identity)
    road = layers.Conv2D(filters[-1], 1, strides=strides, name=f"res{name}_branch1")(x)
    return _joined(branch, layers.BatchNormalization(name=f"bn{name}_branch1")(road), name)


def _branch(
    x: Any, kernel_size: Strides, filters: Sequence[int], strides: Strides, name: str, *, zero: bool
) -> Any:
    from keras import layers

    sizes, steps = (1, kernel_size, 1), (strides, 1, 1)
    for letter, units, size, step in zip("abc", filters, sizes, steps, strict=True):
        last = letter == "c"
        x = layers.Conv2D(
            units, size, strides=step, padding="same", kernel_initializer="he_normal",
            name=f"res{name}_branch2{letter}",
        )(x)  # fmt: skip
        gamma = "zeros" if last and zero else "ones"
        x = layers.BatchNormalization(gamma_initializer=gamma, name=f"bn{name}_branch2{letter}")(x)
        x = x if last else layers.Activation("relu", name=f"relu{name}_branch2{letter}")(x)
    return x


def _joined(branch: Any, road: Any, name: str) -> Any:
    from keras import layers

    total = layers.Add(name=f"res{name}")([branch, road])
    return layers.Activation("relu", name=f"relu{name}")(total)


def _other_channels(received: int, wanted: int) -> str:
    return teach(
        "an identity block cannot change the number of channels.",
        expected=f"an input with {wanted} channels, as many as the last of `filters`",
        received=f"an input with {received}",
        means="the first block of a stage changes the shape, and needs a projection.",
        attempt="gradmend.blocks.convolution_block(...) as the first block of the stage",
    )
