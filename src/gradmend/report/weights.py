"""Weights and the size of their steps, one row per trainable weight that has a size."""

from __future__ import annotations

from gradmend.records import Finding, Measurements
from gradmend.report.blocks import WeightProfile, WeightRow
from gradmend.report.words import plain


def weight_profile(m: Measurements, root: Finding | None) -> WeightProfile | None:
    """Return the profile of the trainable weights, None where no step and no gradient was seen."""
    where = frozenset(root.where) if root else frozenset()
    rows = tuple(
        WeightRow(
            label=plain(weight.path),
            rms=weight.rms,
            relative_gradient=weight.relative_gradient,
            update_ratio=weight.update_ratio,
            marked=not where.isdisjoint((weight.path, weight.layer)),
        )
        for weight in m.weights
        if weight.trainable
    )
    if all(row.update_ratio is None and row.relative_gradient is None for row in rows):
        return None
    return WeightProfile(caption="gradient and step of each weight, relative to it", rows=rows)
