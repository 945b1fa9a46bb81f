"""Start hidden kernels orthogonal, those of convolutions delta-orthogonal."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.drawing import KERNELS, redraw_kernels
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Redraw the kernels of the trainable layers named."""
    for number, layer in enumerate(layers_at(model, prescription.where)):
        if not layer.trainable:
            continue
        seed = material.seed_for(number)
        redraw_kernels(layer, "orthogonal", seed)
        for name in KERNELS:
            kernel = getattr(layer, name, None)
            # A depthwise kernel sees one channel: there is nothing to be orthogonal to.
            if kernel is not None and len(kernel.shape) > 2 and name != "depthwise_kernel":
                kernel.assign(delta_orthogonal(kernel.shape, seed))
    return model


def delta_orthogonal(shape: tuple[int, ...], seed: int) -> Any:
    """Return a kernel that acts as one orthogonal matrix at the centre, zero around it.

    Source: Xiao et al. (2018), algorithm 1.

    Example:
        >>> kernel = delta_orthogonal((3, 3, 4, 4), seed=0)
        >>> float(abs(kernel[0]).sum()), float(round(kernel[1, 1, 0] @ kernel[1, 1, 0], 3))
        (0.0, 1.0)
    """
    *sizes, inputs, outputs = shape
    draw = np.random.default_rng(seed).normal(size=(max(inputs, outputs), min(inputs, outputs)))
    matrix, upper = np.linalg.qr(draw)
    matrix = matrix * np.sign(np.diag(upper))  # else the draw is not uniform
    kernel = np.zeros(shape, dtype="float32")
    kernel[tuple(size // 2 for size in sizes)] = matrix if inputs >= outputs else matrix.T
    return kernel
