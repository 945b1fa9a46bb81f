"""What several rules ask of a target."""

from __future__ import annotations

from gradmend.records.facts import TensorFacts


def one_answer(target: TensorFacts) -> bool:
    """Whether every sample has the same target: one value, or one row (of a one-hot, 0 and 1)."""
    return target.distinct == 1 or target.constant_share >= 1.0
