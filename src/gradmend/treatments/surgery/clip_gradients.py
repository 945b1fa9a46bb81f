"""Limit the length of the whole gradient, at a length that was measured or at 1."""

from __future__ import annotations

import keras
import numpy as np

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer
from gradmend.treatments.surgery.gradient_norms import gradient_norms
from gradmend.treatments.surgery.material import Material

LENGTH = 1.0
PERCENTILE = 90
STEPS = 60
LIKE = 1.5  # a threshold within this factor of 1 is the same arm twice


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with `global_clipnorm`."""
    length = LENGTH if prescription.dose is None else prescription.dose
    clipped = fresh_optimizer(
        model.optimizer, global_clipnorm=length, clipnorm=None, clipvalue=None
    )
    return compile_like(model, model, optimizer=clipped)


def doses(model: keras.Model, prescription: Prescription, material: Material) -> tuple[float, ...]:
    """Return 1, and the 90th percentile of the norms of a short training clipped at 1.

    An unclipped training of a network that explodes has no percentile worth the name.
    """
    norms = gradient_norms(apply(model, prescription, material), material, steps=STEPS)
    finite = norms[np.isfinite(norms) & (norms > 0.0)]
    if len(finite) == 0:
        return (LENGTH,)
    measured = float(f"{np.percentile(finite, PERCENTILE):.2g}")
    same = max(measured, LENGTH) < LIKE * min(measured, LENGTH)
    return (LENGTH,) if same else (LENGTH, measured)


def lines(
    prescription: Prescription, material: Material
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The line with the length that was tried."""
    length = LENGTH if prescription.dose is None else prescription.dose
    after = tuple(
        line.replace("global_clipnorm=1.0", f"global_clipnorm={length:g}")
        for line in prescription.after
    )
    return prescription.before, after
