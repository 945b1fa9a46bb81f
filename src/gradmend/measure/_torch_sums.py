"""The sums of `statistics` in PyTorch's own reductions, which store nothing in between.

Written out in `keras.ops` an eager backend keeps every intermediate tensor: ten times the
work for a large output. Both functions return None where squares of float32 would be lost,
or something is not finite; `statistics` then goes its slower way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

# The squares of magnitudes between these lose nothing that would show in their sum.
LEAST, MOST = 1e-12, 1e12


def forward_sums(flat: Any, terms: Sequence[Any]) -> tuple[Any, Any] | None:
    """Return the largest magnitudes and the rows of `statistics.forward_of_stack`.

    Args:
        flat: values of shape (count, batch, features).
        terms: further values of that shape, to be summed over the features as they are.
    """
    largest = _largest(flat)
    if not _safe(largest):
        return None
    unit = torch.where(largest > 0, largest, torch.ones_like(largest))[:, None]
    rows = [
        torch.linalg.vecdot(flat, flat, dim=2) / unit**2,
        flat.sum(dim=2) / unit,
        _zeros(flat),
        _overlap(flat) / unit**2,
        *(term.sum(dim=2) for term in terms),
    ]
    return largest, torch.stack(rows)


def gradient_sums(flat: Any) -> tuple[Any, Any, Any] | None:
    """Return (count,) largest magnitudes, and (count, batch) sums of g² / largest², and zeros."""
    largest = _largest(flat)
    if not _safe(largest):
        return None
    unit = torch.where(largest > 0, largest, torch.ones_like(largest))[:, None]
    return largest, torch.linalg.vecdot(flat, flat, dim=2) / unit**2, _zeros(flat)


def _largest(flat: Any) -> Any:
    # Over all of a tensor at once `aminmax` is ten times as fast as along a dimension.
    lowest, highest = zip(*(torch.aminmax(one) for one in flat), strict=True)
    return torch.maximum(torch.stack(lowest).abs(), torch.stack(highest).abs())


def _safe(largest: Any) -> bool:
    within = (largest > LEAST) & (largest < MOST)  # NaN is not
    return bool((within | (largest == 0)).all())


def _zeros(flat: Any) -> Any:
    return (flat == 0).sum(dim=2, dtype=torch.int32).to(flat.dtype)


def _overlap(flat: Any) -> Any:
    """Multiply each sample with that half a batch before it, around the end."""
    rows = flat.shape[1]
    half = max(rows // 2, 1)
    later = torch.linalg.vecdot(flat[:, half:], flat[:, : rows - half], dim=2)
    if 2 * half == rows:
        return torch.cat([later, later], dim=1)
    first = torch.linalg.vecdot(flat[:, :half], flat[:, rows - half :], dim=2)
    return torch.cat([first, later], dim=1)
