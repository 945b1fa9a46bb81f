"""Lead the signal past each layer on an identity road.

`x = f(x)` becomes `x = x + s * f(x)` with one learned factor per unit, `s`, that starts at
zero: the fresh network is the identity on these stretches, and each layer keeps its own
weights. Where a layer changes the shape, the road is a projection: a `Dense` without bias, or a
1x1 convolution of the same stride. Other layers stay as they are.

Sources: Bachlechner et al. (2021), ReZero is all you need, UAI; Touvron et al. (2021),
Going deeper with image transformers, ICCV (one factor per channel).
"""

from __future__ import annotations

from typing import Any

import keras

from gradmend.errors import ModelError, teach
from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.drawing import redraw_kernels
from gradmend.treatments.surgery.graph import rebuilt
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Make a block of every layer named, with an identity road or a projection beside it.

    A layer that has a road beside it already gets the scale alone: the block starts as identity.
    """
    named = layers_at(model, prescription.where)
    added = {id(layer) for layer in named if _has_road(layer, named)}
    where = {path.partition("#")[0] for path in prescription.where}
    made: list[str] = []

    def call(path: str, layer: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = layer(*args, **kwargs)
        # A shared layer is called again: each call is a road of its own.
        name = layer.name if path not in made else f"{layer.name}_{len(made) + 1}"
        seed = material.seed_for(len(made))
        if path in where and id(layer) in added:
            made.append(path)
            return _scale(outputs, name, layer)(outputs)
        road = _road(args, outputs, name, layer, seed) if path in where else None
        if road is None:
            return outputs
        made.append(path)
        return _block(road, outputs, name, layer)

    new = rebuilt(model, call, touched=sorted(where))
    if not made:
        raise ModelError(_no_equal_shapes(model))
    return compile_like(new, model)


def _road(args: tuple[Any, ...], outputs: Any, name: str, layer: Any, seed: int) -> Any:
    """What leads past a layer: its input, a projection of it, or None where neither fits."""
    if len(args) != 1 or not hasattr(args[0], "shape") or not hasattr(outputs, "shape"):
        return None
    if tuple(args[0].shape) == tuple(outputs.shape):
        return args[0]
    made = _projection(layer, f"{name}_shortcut")
    if made is None:
        return None
    road = made(args[0])
    redraw_kernels(made, "orthogonal", seed)
    return road


def _projection(layer: Any, name: str) -> Any:
    """Source: He et al. (2016), CVPR, option B. Orthogonal: what it can keep, it keeps."""
    settings = {
        "use_bias": False, "kernel_initializer": "orthogonal", "name": name,
        "dtype": layer.dtype_policy,
    }  # fmt: skip
    if isinstance(layer, keras.layers.Dense):
        return keras.layers.Dense(layer.units, **settings)
    plain = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)
    kind = next((one for one in plain if type(layer) is one), None)
    if kind is None or layer.padding != "same" or layer.data_format != "channels_last":
        return None
    return kind(layer.filters, 1, strides=layer.strides, **settings)


def _has_road(layer: Any, named: list[Any]) -> bool:
    """Whether a layer's output is only ever added to what comes from elsewhere.

    `x + layer(x)`, with `Add` or the operator; not a sum in which every part is to be scaled.
    """
    nodes = layer._outbound_nodes
    return bool(nodes) and all(
        type(node.operation).__name__ == "Add"
        and any(parent.operation not in named for parent in node.parent_nodes)
        for node in nodes
    )


def _scale(branch: Any, name: str, layer: Any) -> Any:
    return keras.layers.EinsumDense(
        "...c,c->...c",
        output_shape=branch.shape[-1],
        kernel_initializer="zeros",
        name=f"{name}_scale",
        dtype=layer.dtype_policy,
    )


def _block(x: Any, branch: Any, name: str, layer: Any) -> Any:
    scaled = _scale(branch, name, layer)(branch)
    return keras.layers.Add(name=f"{name}_add", dtype=layer.dtype_policy)([x, scaled])


def lines(
    prescription: Prescription, material: Material
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The block as it is built, for one layer of the stretch."""
    has_road = _roads_known(prescription, material)
    (line,) = prescription.before[:1] or ("x = layer(x)",)
    branch = line.replace("x = ", "branch = ", 1)
    return (line,), (
        branch,
        'scale = EinsumDense("...c,c->...c", branch.shape[-1], kernel_initializer="zeros")',
        "x = Add()([x, scale(branch)])"
        + ("  # in the place of Add()([x, branch])" if has_road else ""),
    )


def _roads_known(prescription: Prescription, material: Material) -> bool:
    """Whether the layers named are added to something in the model as it was measured."""
    calls = material.measurements.calls
    named = {call.index for call in calls if call.path in prescription.where}
    return any(call.class_name == "Add" and named & set(call.inputs) for call in calls)


def _no_equal_shapes(model: keras.Model) -> str:
    return teach(
        f"no layer of '{model.name}' can get an identity road.",
        expected='dense layers, or convolutions with padding="same"',
        received="layers that change the shape in a way of their own",
        means="the layers named pool, crop or take several inputs.",
        attempt="write the road yourself: x = Add()([projection(x), branch])",
    )
