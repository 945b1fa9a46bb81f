"""Gradient and step of every weight, relative to its size."""

from __future__ import annotations

import math

from gradmend.report.blocks import WeightProfile
from gradmend.report.charts.canvas import (
    DOTS,
    FIRST,
    GOOD,
    SECOND,
    Spec,
    chart,
    decades,
    log_axis,
    names,
    place_axis,
)
from gradmend.report.words import number

USUAL = (1e-4, 1e-2)  # a step of about a thousandth of the weights is the rule of thumb
SERIES = (("gradient / weight", FIRST, "circle"), ("step / weight", SECOND, "diamond"))


def spec(profile: WeightProfile, width: int) -> Spec:
    """Return the chart of a profile, the usual range of a step shaded."""
    rows = profile.rows
    values = [
        {"i": i, "size": size, "what": what, "told": f"{row.label}: {what} {number(size)}"}
        for i, row in enumerate(rows)
        for what, size in zip(
            (name for name, _, _ in SERIES), (row.relative_gradient, row.update_ratio), strict=True
        )
        if size is not None and 0.0 < size < math.inf
    ]
    domain = decades([*(float(str(value["size"])) for value in values), *USUAL])
    x = place_axis(len(rows), width, "weight, in the order of the model")
    y = {"field": "size", **log_axis("share of the weight (log scale)", domain)}
    return chart(
        [
            _usual(y),
            _dots(values, x, y, few=len(rows) <= DOTS),
            names([row.label for row in rows], width),
        ],
        width=width,
        height=240,
    )


def _dots(values: list[dict[str, object]], x: Spec, y: Spec, *, few: bool) -> Spec:
    kinds = [name for name, _, _ in SERIES]
    return {
        "data": {"values": values},
        "mark": {"type": "point", "filled": True, "size": 45 if few else 14, "aria": few},
        "encoding": {
            "x": x,
            "y": y,
            "color": {"field": "what", "type": "nominal",
                      "scale": {"domain": kinds, "range": [colour for _, colour, _ in SERIES]}},
            "shape": {"field": "what", "type": "nominal",
                      "scale": {"domain": kinds, "range": [shape for _, _, shape in SERIES]}},
            "description": {"field": "told"},
        },
    }  # fmt: skip


def _usual(y: Spec) -> Spec:
    return {
        "data": {"values": [{"a": USUAL[0], "b": USUAL[1], "text": "usual range of a step"}]},
        "mark": {"type": "rect", "fill": GOOD, "opacity": 0.12},
        "encoding": {
            "y": {**y, "field": "a"},
            "y2": {"field": "b"},
            "description": {"field": "text"},
        },
    }
