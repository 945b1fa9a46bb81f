"""The gradient back through time at one recurrent layer."""

from __future__ import annotations

import math

from gradmend.report.blocks import TimeProfile
from gradmend.report.charts.canvas import BAD, SECOND, Spec, chart, decades, log_axis
from gradmend.report.words import number

MOST = 2000  # steps drawn; more are thinned evenly


def spec(profile: TimeProfile, width: int) -> Spec:
    """Return the chart of a profile: the first step at the left, the loss at the right."""
    norms = list(enumerate(profile.norms, 1))
    stride = -(-len(norms) // MOST)
    values = [
        {"i": step, "size": norm, "told": f"step {step}: gradient norm {number(norm)}"}
        for step, norm in norms[::stride]
        if 0.0 < norm < math.inf
    ]
    colour = BAD if profile.marked else SECOND
    domain = decades(profile.norms)
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
    return chart([line, _zeros(norms, x)], width=width, height=170)


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
