"""An optimizer that was saved under another backend, made one of this backend.

Under PyTorch, Keras saves the class of its fast variant (`keras.src.backend.torch.optimizers...`)
into the file. Loaded elsewhere it looks whole, and fails at the first step.
"""

from __future__ import annotations

from typing import Any

from gradmend.measure.readiness import is_foreign

SCALING = ("initial_scale", "dynamic_growth_steps")


def made_native(model: Any) -> None:
    """Replace an optimizer of another backend in `model`; its settings and state are kept."""
    optimizer: Any = getattr(model, "optimizer", None)  # none where it was not compiled
    if not is_foreign(optimizer):
        return
    inner = getattr(optimizer, "inner_optimizer", None)
    native = _native(optimizer if inner is None else inner)
    if inner is not None:
        settings = optimizer.get_config()
        native = type(optimizer)(native, **{name: settings[name] for name in SCALING})
    native.build(model.trainable_variables)
    old, new = optimizer.variables, native.variables
    if [tuple(v.shape) for v in old] == [tuple(v.shape) for v in new]:
        for variable, value in zip(new, old, strict=True):
            variable.assign(value)
    model.optimizer = native


def _native(optimizer: Any) -> Any:
    """Return the same optimizer as Keras would make it here."""
    own: Any = next(c for c in type(optimizer).__mro__ if ".backend." not in c.__module__)
    return own.from_config(optimizer.get_config())
