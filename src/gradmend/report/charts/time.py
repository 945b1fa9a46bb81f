"""The gradient back through time at one recurrent layer."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradmend.report.blocks import TimeProfile
from gradmend.report.charts.canvas import BAD, CONFIG, MUTED, SECOND, Spec, decades, log_axis
from gradmend.report.charts.steps import strip
from gradmend.report.words import number

MOST = 2000  # steps drawn; more are thinned evenly
MARGIN = 92  # pixels of a chart that its axis takes


def spec(profile: TimeProfile, width: int) -> Spec:
    """Return the chart of a profile: the first step at the left, the loss at the right.

    Above the curve, that of the model before it was mended dashed, below the strip of steps.
    """
    room = width - MARGIN
    views = [_curve(profile, room), strip(profile, room)]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "padding": 4,
        "config": CONFIG,
        "spacing": 14,
        "vconcat": views,
    }


def _curve(profile: TimeProfile, width: int) -> Spec:
    norms = list(enumerate(profile.norms, 1))
    stride = -(-len(norms) // MOST)
    values = [
        {"i": step, "size": norm, "told": f"step {step}: gradient norm {number(norm)}"}
        for step, norm in norms[::stride]
        if 0.0 < norm < math.inf
    ]
    colour = BAD if profile.marked else SECOND
    domain = decades((*profile.norms, *profile.before))
    x = {
        "field": "i",
        "type": "quantitative",
        "axis": {"title": "time step, the first at the left", "grid": False, "tickMinStep": 1},
        "scale": {"domain": [1, max(len(norms), 2)], "nice": False, "zero": False},
    }
    line: Spec = {
        "data": {"values": values},
        "mark": {"type": "area", "line": {"color": colour, "strokeWidth": 2}, "fill": colour,
                 "fillOpacity": 0.18, "aria": False},
        "encoding": {
            "x": x,
            "y": {"field": "size", **log_axis("gradient norm (log scale)", domain)},
            "y2": {"datum": domain[0]},
        },
    }  # fmt: skip
    layers = [line, _zeros(norms, x), _before(profile.before, x, line["encoding"]["y"])]
    return {"width": width, "height": 150, "layer": [one for one in layers if one is not None]}


def _before(norms: Sequence[float], x: Spec, y: Spec) -> Spec | None:
    stride = -(-len(norms) // MOST)
    known = list(enumerate(norms, 1))[:: max(stride, 1)]
    values = [{"i": step, "size": norm} for step, norm in known if 0.0 < norm < math.inf]
    if not values:
        return None
    return {
        "data": {"values": values},
        "mark": {"type": "line", "color": MUTED, "strokeWidth": 2, "strokeDash": [5, 4],
                 "aria": False},
        "encoding": {"x": x, "y": y},
    }  # fmt: skip


def _zeros(norms: list[tuple[int, float]], x: Spec) -> Spec | None:
    values = [
        {"i": step, "told": f"step {step}: gradient {'zero' if norm == 0.0 else norm}"}
        for step, norm in norms
        if not 0.0 < norm < math.inf
    ]
    if not values:
        return None
    return {
        "data": {"values": values[:MOST]},
        "mark": {"type": "tick", "color": BAD, "thickness": 2, "orient": "vertical"},
        "encoding": {"x": x, "y": {"value": "height"}, "description": {"field": "told"}},
    }
