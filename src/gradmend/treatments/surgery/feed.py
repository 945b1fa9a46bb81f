"""What `fit` is given beside the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """Rows, as structures of arrays of one length, and how many of them make a step."""

    x: Any
    y: Any
    sample_weight: Any = None
    batch_size: int = 32
