"""The raw numbers of a sampled step, turned into records."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gradmend.monitor.steps import Sampled
from gradmend.monitor.steps.reductions import COLUMNS
from gradmend.monitor.steps.update import Clip
from gradmend.records.training import TrainedWeight, WeightSample

_AT = {name: place for place, name in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True)
class Update:
    """What the optimizers of a model did in one step, all of them together."""

    weights: tuple[WeightSample, ...]
    grad_norm: float
    update_ratio: float | None
    clipped_share: float | None
    loss_scale: float
    updated: bool


def update_of(sampled: Sampled) -> Update | None:
    """Wait for a sampled step and read it; None when no gradient reached an optimizer."""
    weights: list[WeightSample] = []
    shares: list[tuple[int, float]] = []
    scale, updated = 1.0, True
    layout = sampled.layout
    for (rows, (scale_, flag)), variables, clip in zip(
        sampled.on_host(), layout.variables, layout.clips, strict=True
    ):
        scale, updated = float(scale_), bool(flag)
        part = [
            _weight(v.path, row, scale) for v, row in zip(variables, rows.tolist(), strict=True)
        ]
        if clip is not None:
            beyond = sum(row[_AT["gradient_beyond"]] for row in rows.tolist())
            size = sum(math.prod(v.shape) for v in variables)
            shares.append((len(part), _clipped(clip, part, beyond / max(size, 1))))
        weights += part
    if not weights:
        return None
    return Update(
        weights=tuple(weights),
        grad_norm=_joint(w.gradient_norm for w in weights),
        update_ratio=_ratio(weights) if updated else None,
        clipped_share=sum(n * s for n, s in shares) / sum(n for n, _ in shares) if shares else None,
        loss_scale=scale,
        updated=updated and not _skipped(weights),
    )


def trained_weights(sampled: Sampled) -> tuple[TrainedWeight, ...]:
    """Return the weights of a sampled step, in its order."""
    return tuple(
        TrainedWeight(path=v.path, shape=tuple(v.shape), size=math.prod(v.shape))
        for group in sampled.layout.variables
        for v in group
    )


def _weight(path: str, row: list[float], scale: float) -> WeightSample:
    def at(name: str) -> float:
        return float(row[_AT[name]])

    return WeightSample(
        path=path,
        gradient_norm=at("gradient_largest") * math.sqrt(at("gradient_square")) / scale,
        gradient_largest=at("gradient_largest") / scale,
        gradient_zeros=_count(at("gradient_zeros")),
        gradient_nonfinite=_count(at("gradient_nonfinite")),
        weight_norm=math.sqrt(at("weight_square")),
        update_norm=at("update_size") * math.sqrt(at("update_square")),
    )


def _count(value: float) -> int:
    return int(value) if math.isfinite(value) else 0


def _skipped(weights: list[WeightSample]) -> bool:
    """Tell whether a loss scale that was too large made the optimizer leave the step out."""
    still = all(w.update_norm == 0 for w in weights)
    return still and any(w.gradient_nonfinite for w in weights)


def _joint(norms: Any) -> float:
    return math.hypot(*norms)


def _ratio(weights: list[WeightSample]) -> float | None:
    size = _joint(w.weight_norm for w in weights)
    return _joint(w.update_norm for w in weights) / size if size > 0 else None


def _clipped(clip: Clip, weights: list[WeightSample], beyond: float) -> float:
    """Return which share of the gradients is clipped: of the weights, or of the entries."""
    if clip.kind == "global_clipnorm":
        return float(_joint(w.gradient_norm for w in weights) > clip.limit)
    if clip.kind == "clipnorm":
        return sum(w.gradient_norm > clip.limit for w in weights) / len(weights)
    return beyond
