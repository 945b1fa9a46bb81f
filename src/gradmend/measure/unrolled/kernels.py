"""Spectral radius and singular values of recurrent kernels, read on the host in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from gradmend.measure.unrolled.cells import blocks_of, leaves_of
from gradmend.records.unrolled import KernelSignal

MOST_VALUES = 3


def kernel_signals(cell: Any) -> tuple[KernelSignal, ...]:
    """Return one record per square block of the recurrent kernels of a cell or a stack.

    The singular values bound what a step can do to the gradient: a tanh recurrence whose
    largest one is below 1 must forget (Pascanu et al. 2013, section 2.1). Kernels of
    convolutions are left out.
    """
    cells = leaves_of(cell)
    found = []
    for number, leaf in enumerate(cells, start=1):
        stands = f"cell {number} " if cells != [cell] else ""
        found += [
            _signal(f"{stands}{name}", block)
            for name, block in zip(blocks_of(leaf), _blocks(leaf), strict=False)
        ]
    return tuple(found)


def _blocks(cell: Any) -> list[Any]:
    kernel = getattr(cell, "recurrent_kernel", None)
    if kernel is None or len(kernel.shape) != 2:
        return []
    matrix = np.asarray(ops.convert_to_numpy(kernel), dtype=np.float64)
    units = matrix.shape[0]
    if matrix.shape[1] != units * len(blocks_of(cell)) or not np.isfinite(matrix).all():
        return []
    return np.split(matrix, matrix.shape[1] // units, axis=1)


def _signal(name: str, matrix: Any) -> KernelSignal:
    values = np.linalg.svd(matrix, compute_uv=False)[:MOST_VALUES]
    return KernelSignal(
        name=name,
        spectral_radius=float(np.abs(np.linalg.eigvals(matrix)).max()),
        singular_values=tuple(float(value) for value in values),
    )
