"""The norms of the whole gradient, step by step, before anything clips them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops, tree

from gradmend.treatments.surgery.compiling import compile_like, inner_of
from gradmend.treatments.surgery.material import Material

BATCH = 32


def gradient_norms(model: keras.Model, material: Material, *, steps: int) -> Any:
    """Train `model`, ours to use up, for some steps; return the norm of each step's gradient.

    The norm is written into a variable of the optimizer inside the compiled step, where
    Keras hands all gradients over, so that it costs no second backward pass.
    """
    optimizer = recording(model.optimizer, steps)
    compile_like(model, model, optimizer=optimizer)
    model.fit(*_rows(material, steps), batch_size=BATCH, epochs=1, shuffle=False, verbose=0)
    taken = int(ops.convert_to_numpy(optimizer.iterations))
    return np.asarray(ops.convert_to_numpy(optimizer.norms), "float64")[: min(taken, steps)]


def recording(optimizer: Any, steps: int) -> Any:
    """Return an optimizer of the same configuration that keeps the norms of `steps` steps."""
    plain = inner_of(optimizer)
    kind = type(plain)

    class Recording(kind):  # type: ignore[misc, valid-type]  # the class is the user's choice
        def build(self, variables: Any) -> None:
            if not self.built:
                self.norms = self.add_variable((steps,), dtype="float32", name="norms")
            super().build(variables)

        def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
            grads = list(grads)
            slot = ops.one_hot(self.iterations, steps, dtype="float32")
            if self.built:
                self.norms.assign(self.norms + slot * ops.cast(_norm(grads), "float32"))
            return super().apply(grads, trainable_variables)

    return Recording.from_config(plain.get_config())


def _norm(gradients: list[Any]) -> Any:
    """Scaled by the largest entry: squares of float32 leave its range beyond 1e19."""
    parts = [ops.cast(g, "float32") for g in gradients if g is not None]
    largest = ops.max(ops.stack([ops.max(ops.abs(part)) for part in parts]))
    safe = ops.where(largest > 0.0, largest, 1.0)
    return safe * ops.sqrt(sum(ops.sum(ops.square(part / safe)) for part in parts))


def _rows(material: Material, steps: int) -> tuple[Any, Any]:
    rows = len(tree.flatten(material.x)[0])
    index = np.random.default_rng(material.seed).integers(0, rows, BATCH * steps)
    return tuple(
        tree.map_structure(lambda leaf: np.asarray(leaf)[index], part)
        for part in (material.x, material.y)
    )
