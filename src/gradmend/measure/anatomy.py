"""Which layers a model has, where they live, what they do, and which of them can be tapped."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers
from keras.src.models.functional import Functional

# Their cells or inner layers run inside a scan or a vectorized map: only the wrapper is tapped.
OPAQUE = (layers.RNN, layers.TimeDistributed)

ROLES: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("recurrent", (layers.RNN, layers.Bidirectional)),
    ("dense", (layers.Dense, layers.EinsumDense)),
    ("embedding", (layers.Embedding,)),
    ("norm", (layers.BatchNormalization, layers.LayerNormalization, layers.GroupNormalization)),
    ("scaling", (layers.Normalization, layers.Rescaling)),
    ("dropout", (layers.Dropout, layers.SpatialDropout1D, layers.SpatialDropout2D)),
    ("reshape", (layers.Flatten, layers.Reshape, layers.Permute, layers.RepeatVector)),
)
ROLES_BY_NAME: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("conv", ("Conv",)),
    ("attention", ("Attention",)),
    ("pool", ("Pooling",)),
    ("norm", ("Normalization",)),
    ("dropout", ("Dropout", "GaussianNoise")),
    ("reshape", ("Padding", "Cropping", "UpSampling")),
    ("merge", ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")),
    ("activation", ("Activation", "ReLU", "ELU", "Softmax")),
)
# Each output channel sees one input channel only.
DEPTHWISE = (layers.DepthwiseConv1D, layers.DepthwiseConv2D)
# Where `keras.activations.get` finds its functions.
ACTIVATIONS = ("keras.src.activations.activations",)
# Activations that are layers of their own, by the name Keras gives the function.
ACTIVATION_LAYERS = {
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "Softmax": "softmax",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One layer of the model and where it stands."""

    path: str
    layer: Any
    role: str
    activation: str | None
    tapped: bool


def parts_of(model: keras.Model) -> tuple[Part, ...]:
    """Return every layer of `model`, nested ones included, each once.

    Layers inside a recurrent layer or `TimeDistributed` are not listed: they run
    inside a loop, and their wrapper stands for them.

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="hidden")])
        >>> [(part.path, part.role) for part in parts_of(model)]
        [('hidden', 'dense')]
    """
    return tuple(_walk(model, "", set()))


def _walk(parent: Any, prefix: str, seen: set[int]) -> Iterator[Part]:
    for layer in parent._layers:
        if id(layer) in seen or isinstance(layer, layers.InputLayer):
            continue
        seen.add(id(layer))
        path = f"{prefix}{layer.name}"
        yield Part(path, layer, role_of(layer), activation_of(layer), _tapped(layer))
        if not isinstance(layer, OPAQUE):
            yield from _walk(layer, f"{path}/", seen)


def _tapped(layer: Any) -> bool:
    """A container's output is the output of its last inner layer, which is tapped itself."""
    return not isinstance(layer, keras.Sequential) and type(layer) is not Functional


def role_of(layer: Any) -> str:
    """Return the role of a layer: dense, conv, recurrent, norm, merge, composite, other, ...

    "projection" is a layer of the user's own class with one matrix from its input to its output.
    """
    for role, classes in ROLES:
        if isinstance(layer, classes):
            return role
    if type(layer).__module__.startswith("keras."):
        for role, fragments in ROLES_BY_NAME:
            if any(fragment in type(layer).__name__ for fragment in fragments):
                return role
    elif not layer._layers and _is_projection(layer):
        return "projection"
    return "composite" if layer._layers else "other"


def _is_projection(layer: Any) -> bool:
    """Whether all that a layer learns is one matrix, and vectors beside it."""
    matrices = [v.shape for v in layer._trainable_variables if len(v.shape) > 1]
    if len(matrices) != 1 or len(matrices[0]) != 2:
        return False
    # a codebook has the shape of a matrix, and returns one of its rows or columns
    answers = [t.shape for node in layer._inbound_nodes for t in node.output_tensors]
    if any(len(shape) < 2 or shape[-1] != matrices[0][1] for shape in answers):
        return False
    seen = [shape for shape in (getattr(layer, "_build_shapes_dict", None) or {}).values() if shape]
    if len(seen) == 1 and isinstance(seen[0], tuple | list) and isinstance(seen[0][-1], int):
        return bool(seen[0][-1] == matrices[0][0])
    # made in __init__, as in the guide of Keras: then a bias tells which side is the output
    biases = [v.shape for v in layer._trainable_variables if len(v.shape) == 1]
    return any(bias[0] == matrices[0][1] for bias in biases)


def activation_of(layer: Any) -> str | None:
    """Return the name of the activation a layer applies to its own output, if any."""
    if isinstance(layer, layers.Bidirectional):
        layer = layer.forward_layer
    if isinstance(layer, layers.RNN):
        return _activation_name(getattr(layer.cell, "activation", None))
    if type(layer).__name__ in ACTIVATION_LAYERS:
        return ACTIVATION_LAYERS[type(layer).__name__]
    return _activation_name(getattr(layer, "activation", None) or _kept_activation(layer))


def _kept_activation(layer: Any) -> Any:
    """A function of `keras.activations` that a layer of the user's own keeps under another name."""
    if type(layer).__module__.startswith("keras."):
        return None
    kept = [v for v in vars(layer).values() if getattr(v, "__module__", None) in ACTIVATIONS]
    return kept[0] if len(kept) == 1 and callable(kept[0]) else None


def _activation_name(activation: Any) -> str | None:
    if activation is None:
        return None
    if isinstance(activation, layers.Layer):
        return activation_of(activation) or type(activation).__name__.lower()
    return str(getattr(activation, "__name__", type(activation).__name__))


def weight_owners(parts: tuple[Part, ...]) -> dict[int, Part]:
    """Map `id(variable)` to the layer that owns it; inner cells belong to their wrapper."""
    owners: dict[int, Part] = {}
    for part in parts:
        inner = isinstance(part.layer, OPAQUE)
        own = part.layer.weights if inner else _own_weights(part.layer)
        for variable in own:
            owners.setdefault(id(variable), part)
    return owners


def _own_weights(layer: Any) -> list[Any]:
    return [*layer._trainable_variables, *layer._non_trainable_variables]


WEIGHT_ROLES = {
    "kernel": "kernel",
    "depthwise_kernel": "kernel",
    "pointwise_kernel": "kernel",
    "recurrent_kernel": "recurrent_kernel",
    "bias": "bias",
    "embeddings": "embeddings",
    "gamma": "scale",
    "beta": "bias",
    "scale": "scale",
}


def weight_role(name: str, shape: tuple[int, ...] = (), *, projects: bool = False) -> str:
    """Return kernel, recurrent_kernel, bias, embeddings, scale or other for a weight.

    In a projection, whose weights have any name, the shape tells.
    """
    if projects:
        return "kernel" if len(shape) == 2 else "bias"
    return WEIGHT_ROLES.get(name, "other")


def fan_in(layer: Any, name: str, shape: tuple[int, ...]) -> int | None:
    """Return how many inputs one output of a kernel sums over, None where undefined.

    Source: He et al. (2015), section 2.2: n = k² c for a convolution.
    """
    if role_of(layer) == "projection":
        return shape[0] if len(shape) == 2 else None
    if weight_role(name) not in ("kernel", "recurrent_kernel") or len(shape) < 2:
        return None
    if name == "depthwise_kernel" or isinstance(layer, DEPTHWISE):
        return math.prod(shape[:-2])
    if isinstance(layer, layers.EinsumDense):
        kernel, output = layer.equation.split(",")[1].split("->")
        summed = [size for axis, size in zip(kernel, shape, strict=False) if axis not in output]
        return math.prod(summed)
    if "Transpose" in type(layer).__name__:
        return math.prod(shape) // shape[-2]
    return math.prod(shape[:-1])
