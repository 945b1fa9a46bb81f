"""Saturated and dead units as a heat strip over the layers."""

from __future__ import annotations

from gradmend.report.blocks import UnitStrip
from gradmend.report.charts.canvas import BAD, DOTS, GRID, Spec, chart, names, place_axis
from gradmend.report.words import number


def spec(strip: UnitStrip, width: int) -> Spec:
    """Return the strip: one cell per layer call and kind, the darker the larger the share."""
    rows = strip.rows
    kinds = [
        (name, shares)
        for name, shares in (
            ("saturated", [row.saturated for row in rows]),
            ("dead", [row.dead for row in rows]),
        )
        if any(share is not None for share in shares)
    ]
    values = [
        {"i": i, "a": i - 0.5, "b": i + 0.5, "kind": name, "share": share,
         "told": f"{rows[i].label}: {number(100.0 * share)} % {name}"}
        for name, shares in kinds
        for i, share in enumerate(shares)
        if share is not None
    ]  # fmt: skip
    x = place_axis(len(rows), width, "layer call, input first")
    cells: Spec = {
        "data": {"values": values},
        "mark": {"type": "rect", "fill": BAD, "stroke": GRID, "aria": len(rows) <= DOTS,
                 "strokeWidth": 1 if len(rows) <= DOTS else 0},
        "encoding": {
            "x": {**x, "field": "a"},
            "x2": {"field": "b"},
            "y": {"field": "kind", "type": "nominal", "sort": None,
                  "axis": {"title": None, "ticks": False, "domain": False}},
            "fillOpacity": {
                "field": "share", "type": "quantitative", "legend": None,
                "scale": {"domain": [0, 1], "range": [0.03, 1.0]},
            },
            "description": {"field": "told"},
        },
    }  # fmt: skip
    return chart(
        [cells, names([row.label for row in rows], width)], width=width, height=30 * len(kinds)
    )
