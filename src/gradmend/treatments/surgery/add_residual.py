"""Lead the signal past each layer on an identity road.

`x = f(x)` becomes `x = x + s * f(x)` with one learned factor per unit, `s`, that starts at
zero: the fresh network is the identity on these stretches, and each layer keeps its own
weights. Where a layer changes the shape, it stays as it is.

Sources: Bachlechner et al. (2021), ReZero is all you need, UAI; Touvron et al. (2021),
Going deeper with image transformers, ICCV (one factor per channel).
"""

from __future__ import annotations

from typing import Any

import keras

from gradmend.errors import ModelError, teach
from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.graph import rebuilt
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Make a block with an identity road of every layer named that keeps the shape."""
    layers_at(model, prescription.where)
    where = {path.partition("#")[0] for path in prescription.where}
    made: list[str] = []

    def call(path: str, layer: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = layer(*args, **kwargs)
        if path not in where or not _same_shape(args, outputs):
            return outputs
        made.append(path)
        # A shared layer is called again: each call is a road of its own.
        name = layer.name if path not in made[:-1] else f"{layer.name}_{len(made)}"
        return _block(args[0], outputs, name, layer)

    new = rebuilt(model, call, touched=sorted(where))
    if not made:
        raise ModelError(_no_equal_shapes(model))
    return compile_like(new, model)


def _same_shape(args: tuple[Any, ...], outputs: Any) -> bool:
    one = len(args) == 1 and hasattr(args[0], "shape") and hasattr(outputs, "shape")
    return one and tuple(args[0].shape) == tuple(outputs.shape)


def _block(x: Any, branch: Any, name: str, layer: Any) -> Any:
    policy = layer.dtype_policy
    scale = keras.layers.EinsumDense(
        "...c,c->...c",
        output_shape=x.shape[-1],
        kernel_initializer="zeros",
        name=f"{name}_scale",
        dtype=policy,
    )
    return keras.layers.Add(name=f"{name}_add", dtype=policy)([x, scale(branch)])


def lines(
    prescription: Prescription, material: Material
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The block as it is built, for one layer of the stretch."""
    (line,) = prescription.before[:1] or ("x = layer(x)",)
    branch = line.replace("x = ", "branch = ", 1)
    return (line,), (
        branch,
        'scale = EinsumDense("...c,c->...c", branch.shape[-1], kernel_initializer="zeros")',
        "x = Add()([x, scale(branch)])",
    )


def _no_equal_shapes(model: keras.Model) -> str:
    return teach(
        f"no layer of '{model.name}' can get an identity road.",
        expected="layers whose output has the shape of their input",
        received="layers that all change the shape",
        means="every layer has another width, or another stride.",
        attempt="add a projection: x = Add()([Dense(units)(x), branch])",
    )
