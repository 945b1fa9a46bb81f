"""The loss through training, the level of a constant prediction, and what begins where."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradmend.report.bars import linear_scale
from gradmend.report.blocks import Curve
from gradmend.report.charts.canvas import BAD, FIRST, MUTED, Spec, chart
from gradmend.report.words import loss

MOST = 1000  # points drawn
WIDE_SPAN = 100.0  # beyond this ratio the scale is logarithmic


def spec(curve: Curve, width: int) -> Spec:
    """Return the chart of a curve."""
    level = [] if curve.level is None else [curve.level]
    seen = [v for v in (*curve.values, *level) if math.isfinite(v)]
    log = bool(seen) and min(seen) > 0.0 and max(seen) > WIDE_SPAN * min(seen)
    scale = linear_scale(seen)
    kind: Spec = {"type": "log"} if log else {"zero": False, "domain": [scale.low, scale.high]}
    points = thinned(list(zip(curve.steps, curve.values, strict=True)), MOST)
    x = {
        "field": "step",
        "type": "quantitative",
        "axis": {"title": "optimizer step", "grid": False, "tickMinStep": 1},
        "scale": {"nice": False, "zero": False},
    }
    y = {
        "type": "quantitative",
        "scale": {**kind, "nice": not log},
        "axis": {
            "title": f"{curve.quantity} (log scale)" if log else curve.quantity,
            "tickCount": 5,
            "minExtent": 56,
        },
    }
    layers = [_line(points, x, {"field": "loss", **y}), *_level(curve, y), *_pins(curve, x)]
    return chart(layers, width=width, height=220)


def thinned(points: Sequence[tuple[int, float]], most: int) -> list[tuple[int, float]]:
    """Return at most `most` points: of every stretch the lowest and the highest.

    A spike of one step survives; a value that is not finite does too.

    Example:
        >>> thinned([(i, 9.0 if i == 7 else 1.0) for i in range(100)], 10)[:2]
        [(0, 1.0), (7, 9.0)]
    """
    if len(points) <= most:
        return list(points)
    size = -(-len(points) * 2 // most)
    kept: set[int] = set()
    for start in range(0, len(points), size):
        part = range(start, min(start + size, len(points)))
        kept |= {
            min(part, key=lambda i: _rank(points[i][1])),
            max(part, key=lambda i: _rank(points[i][1])),
        }
    return [points[i] for i in sorted(kept)]


def _rank(value: float) -> float:
    return math.inf if math.isnan(value) else value


def _line(points: list[tuple[int, float]], x: Spec, y: Spec) -> Spec:
    values = [
        {"step": step, "loss": value if math.isfinite(value) else None} for step, value in points
    ]
    return {
        "data": {"values": values},
        "mark": {
            "type": "line",
            "stroke": FIRST,
            "strokeWidth": 2,
            "point": len(points) == 1,
            "aria": False,
        },
        "encoding": {"x": x, "y": y},
    }


def _level(curve: Curve, y: Spec) -> list[Spec]:
    if curve.level is None or not math.isfinite(curve.level):
        return []
    text = f"{curve.level_name} {loss(curve.level)}"
    data = {"values": [{"loss": curve.level, "text": text}]}
    where = {"y": {"field": "loss", **y}, "description": {"field": "text"}}
    return [
        {"data": data, "mark": {"type": "rule", "stroke": MUTED, "strokeDash": [5, 4]},
         "encoding": where},
        {"data": data,
         "mark": {"type": "text", "align": "right", "dy": -7, "fill": MUTED, "aria": False},
         "encoding": {**where, "x": {"value": "width"}, "text": {"field": "text"}}},
    ]  # fmt: skip


def _pins(curve: Curve, x: Spec) -> list[Spec]:
    """A rule where something begins, its text at the head, one below the other."""
    middle = (curve.steps[0] + curve.steps[-1]) / 2 if curve.steps else 0.0
    values = [
        {"step": step, "text": text, "told": f"step {step:,}: {text}", "row": 12 + 15 * (i % 4),
         "late": step > middle}
        for i, (step, text) in enumerate(curve.pins)
    ]  # fmt: skip
    if not values:
        return []
    texts = [
        {"data": {"values": [value for value in values if value["late"] is late]},
         "mark": {"type": "text", "align": "right" if late else "left", "dx": -5 if late else 5,
                  "fill": BAD, "aria": False},
         "encoding": {"x": x, "text": {"field": "text"},
                      "y": {"field": "row", "type": "quantitative", "scale": None}}}
        for late in (False, True)
    ]  # fmt: skip
    rule: Spec = {
        "data": {"values": values},
        "mark": {"type": "rule", "stroke": BAD},
        "encoding": {"x": x, "description": {"field": "told"}},
    }
    return [rule, *texts]
