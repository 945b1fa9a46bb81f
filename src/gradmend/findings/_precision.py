"""In what precision a model computes."""

from __future__ import annotations

from gradmend.records.measurements import Measurements


def is_half(m: Measurements) -> bool:
    """Whether the model computes in float16, which ends at 65504 and at 6e-8."""
    return "float16" in m.model.precision and "bfloat16" not in m.model.precision


def whole_half(m: Measurements) -> bool:
    """Whether its weights are float16 too, and with them the state of the optimizer."""
    return m.model.precision == "float16"
