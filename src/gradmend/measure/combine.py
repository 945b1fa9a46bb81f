"""Combine the measurements of several batches, number by number, by the median."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from gradmend.records import Measurements


def combined(found: Sequence[Measurements]) -> Measurements:
    """Return one record: floats are medians, counts are the largest, the rest is the first's.

    A median keeps one odd batch (all padding, one class) from deciding; a count of
    non-finite entries must not be voted away, so counts take the maximum.
    """
    if len(found) == 1:
        return found[0]
    merged: Measurements = _merge(list(found))
    return replace(merged, batches=len(found), batch_size=found[0].batch_size)


def _merge(values: list[Any]) -> Any:
    first = values[0]
    if any(type(value) is not type(first) for value in values):
        return first
    if is_dataclass(first) and not isinstance(first, type):
        names = [field.name for field in fields(first)]
        return type(first)(
            **{name: _merge([getattr(value, name) for value in values]) for name in names}
        )
    if isinstance(first, tuple) and all(len(value) == len(first) for value in values):
        return tuple(_merge(list(column)) for column in zip(*values, strict=True))
    if isinstance(first, bool | str):
        return first
    if isinstance(first, float):
        return statistics.median(values)
    return max(values) if isinstance(first, int) else first
