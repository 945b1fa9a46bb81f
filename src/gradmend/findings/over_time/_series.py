"""Windows over a series of samples."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from statistics import median

from gradmend.records.training import StepSample, TrainingRun

FEWEST_SAMPLES = 20


def norms(run: TrainingRun) -> list[tuple[StepSample, float]]:
    """Return the samples with a finite gradient norm, each with it."""
    return [(s, s.grad_norm) for s in run.samples if isfinite(s.grad_norm)]


def losses(run: TrainingRun) -> list[tuple[int, float]]:
    """Return (step, loss) of the samples with a finite loss."""
    pairs = [(s.step, s.loss) for s in run.samples if s.loss is not None]
    return [(step, loss) for step, loss in pairs if isfinite(loss)]


def ends(values: Sequence[float], share: float = 0.2) -> tuple[float, float] | None:
    """Return the medians of the first and last share of a series, None for a short one.

    Example:
        >>> ends([1.0] * 10 + [3.0] * 10)
        (1.0, 3.0)
    """
    if len(values) < FEWEST_SAMPLES:
        return None
    size = max(int(len(values) * share), 1)
    return median(values[:size]), median(values[-size:])


def above_rolling_median(
    values: Sequence[float], factor: float, window: int = 16, row: int = 3
) -> int | None:
    """Return where `row` values in a row first exceed `factor` times the median before them.

    Example:
        >>> above_rolling_median([1.0] * 20 + [50.0] + [1.0] * 9, 10.0) is None
        True
        >>> above_rolling_median([1.0] * 20 + [50.0] * 9, 10.0)
        20
    """
    for place in range(window, len(values) - row + 1):
        usual = median(values[place - window : place])
        if usual > 0 and min(values[place : place + row]) > factor * usual:
            return place
    return None
